import { useState } from "react";
import { leaveBy } from "../client.ts";
import { Problem } from "../problem.tsx";
import { useSubmit } from "../use-submit.ts";
import type { SectionProps } from "./account-dialog.tsx";
import { Section } from "./section.tsx";

export function DeleteSection({ client, account, prove }: SectionProps) {
  const [isAsking, setIsAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const takeOut = useSubmit(async () => save(await client.account.export(), "parley-account.json"));
  const removal = useSubmit(async () => {
    await prove(() => leaveBy(() => client.account.delete()));
    client.leave();
  });
  return (
    <Section title="Your data">
      <button type="button" aria-busy={takeOut.busy} onClick={() => void takeOut.submit()}>
        Download everything about me
      </button>
      {isAsking ? (
        <form onSubmit={removal.submit}>
          <label>
            Your account goes at once and for good. Type {account.username} to delete it.
            <input
              name="confirm-name"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
          <div className="dialog-buttons">
            <button type="button" onClick={() => setIsAsking(false)}>
              Keep it
            </button>
            <button
              type="submit"
              className="danger"
              disabled={typed !== account.username}
              aria-busy={removal.busy}
            >
              Delete my account
            </button>
          </div>
        </form>
      ) : (
        <button type="button" className="danger" onClick={() => setIsAsking(true)}>
          Delete account…
        </button>
      )}
      <Problem words={takeOut.problem || removal.problem} />
    </Section>
  );
}

function save(data: object, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
