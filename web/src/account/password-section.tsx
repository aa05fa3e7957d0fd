import { useState } from "react";
import { Field } from "../field.tsx";
import { NewPasswordHint } from "../new-password-hint.tsx";
import { Problem } from "../problem.tsx";
import { useSubmit } from "../use-submit.ts";
import type { SectionProps } from "./account-dialog.tsx";
import { Section } from "./section.tsx";

export function PasswordSection({ client, prove }: SectionProps) {
  const [password, setPassword] = useState("");
  const [isDone, setIsDone] = useState(false);
  const { busy, problem, submit } = useSubmit(async () => {
    setIsDone(false);
    await prove(() => client.account.changePassword(password));
    setPassword("");
    setIsDone(true);
  });
  return (
    <Section title="Password">
      <form onSubmit={submit}>
        <Field
          label="New password"
          name="new-password"
          type="password"
          autoComplete="new-password"
          describedBy="password-hint"
          value={password}
          onChange={setPassword}
        />
        <NewPasswordHint client={client} />
        <Problem words={problem} />
        {isDone && <p role="status">Changed. You were logged out everywhere else.</p>}
        <button type="submit" aria-busy={busy}>
          Change password
        </button>
      </form>
    </Section>
  );
}
