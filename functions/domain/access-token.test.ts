import type { SessionId, UserId } from "@parley/contract/ids";
import { expect, test } from "vitest";
import { generateKeys } from "../keys.ts";
import * as AccessToken from "./access-token.ts";

const holder = { userId: crypto.randomUUID() as UserId, sessionId: crypto.randomUUID() as SessionId };
const now = new Date();
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const outcome = (verified: Promise<unknown>) =>
  verified.then(
    () => "good",
    (error) => error.code,
  );

test("a token that was found good once still ends with its time, and with its key", async () => {
  const keys = await generateKeys();
  const { token } = AccessToken.sign(keys.access, holder, now);
  for (const at of [now, later(1), later(599)])
    expect(await AccessToken.verify(keys.access, token, at)).toEqual({
      sub: holder.userId,
      sid: holder.sessionId,
    });
  expect(await outcome(AccessToken.verify(keys.access, token, later(606)))).toBe("unauthenticated");
  const others = await generateKeys();
  expect(await outcome(AccessToken.verify(others.access, token, now))).toBe("unauthenticated");
  expect(await outcome(AccessToken.verify([...keys.access], `${token}x`, now))).toBe("unauthenticated");
});
