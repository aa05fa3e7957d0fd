import { useState } from "react";
import { Field } from "../field.tsx";
import { Problem } from "../problem.tsx";
import { useSubmit } from "../use-submit.ts";
import type { SectionProps } from "./account-dialog.tsx";
import { Section } from "./section.tsx";

export function EmailSection({ client, account, prove, reload }: SectionProps) {
  const [email, setEmail] = useState("");
  const change = async (to: string | null) => {
    await prove(() => client.account.changeEmail(to));
    setEmail("");
    await reload();
  };
  const form = useSubmit(() => change(email));
  const removal = useSubmit(() => change(null));
  return (
    <Section title="Email">
      <p>
        {account.email ?? "None. With a confirmed address you can get back in when you forget your password."}
      </p>
      {account.pendingEmail && (
        <p role="status">
          A link is on its way to {account.pendingEmail}; the address counts once you open it.
        </p>
      )}
      <form onSubmit={form.submit}>
        <Field
          label="New email"
          name="new-email"
          type="email"
          autoComplete="email"
          value={email}
          onChange={setEmail}
        />
        <Problem words={form.problem || removal.problem} />
        <div className="dialog-buttons">
          {account.email && (
            <button type="button" aria-busy={removal.busy} onClick={() => void removal.submit()}>
              Remove email
            </button>
          )}
          <button type="submit" aria-busy={form.busy}>
            Change email
          </button>
        </div>
      </form>
    </Section>
  );
}
