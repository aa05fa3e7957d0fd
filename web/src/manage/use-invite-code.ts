/** The invite code in the address, if there is one; it stays there until it is accepted or turned down. */
import { useCallback, useEffect, useState } from "react";
import { readInviteCode } from "./invite-link.ts";

export function useInviteCode(): { code: string | undefined; clear(): void } {
  const [code, setCode] = useState(() => readInviteCode(location.hash));
  useEffect(() => {
    const read = () => setCode(readInviteCode(location.hash));
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  const clear = useCallback(() => {
    if (readInviteCode(location.hash) !== undefined) history.replaceState(null, "", location.pathname);
    setCode(undefined);
  }, []);
  return { code, clear };
}
