import type { TotpEnrolment } from "@parley/contract/second-factors";
import { useState } from "react";
import { renderSVG } from "uqr";
import { Field } from "../field.tsx";
import { Problem } from "../problem.tsx";
import { useSubmit } from "../use-submit.ts";
import type { SectionProps } from "./account-dialog.tsx";
import { Section } from "./section.tsx";

export function TotpSection({ client, account, prove, reload }: SectionProps) {
  const [enrolment, setEnrolment] = useState<TotpEnrolment>();
  const [code, setCode] = useState("");
  const [recoveryCodes, setRecoveryCodes] = useState<string[]>();

  const start = useSubmit(async () => setEnrolment(await prove(() => client.account.enrolTotp())));
  const confirm = useSubmit(async () => {
    setRecoveryCodes(await prove(() => client.account.confirmTotp(code)));
    setEnrolment(undefined);
    setCode("");
    await reload();
  });
  const disable = useSubmit(async () => {
    await prove(() => client.account.disableTotp());
    setRecoveryCodes(undefined);
    await reload();
  });

  return (
    <Section title="Codes from an authenticator app">
      {account.totpEnabled ? (
        <p>On: logging in asks for a code. {account.recoveryCodesLeft} recovery codes are left.</p>
      ) : (
        <p>Off. With codes, nobody gets in with your password alone.</p>
      )}
      {recoveryCodes && <RecoveryCodes codes={recoveryCodes} />}
      {enrolment && (
        <form onSubmit={confirm.submit}>
          <QrCode uri={enrolment.uri} />
          <p className="small">
            Scan it with your authenticator app, or type in <code className="secret">{enrolment.secret}</code>
          </p>
          <Field
            label="Code that the app shows"
            name="totp"
            autoComplete="one-time-code"
            inputMode="numeric"
            value={code}
            onChange={setCode}
          />
          <Problem words={confirm.problem} />
          <button type="submit" aria-busy={confirm.busy}>
            Turn codes on
          </button>
        </form>
      )}
      <Problem words={start.problem || disable.problem} />
      {!account.totpEnabled && !enrolment && (
        <button type="button" aria-busy={start.busy} onClick={() => void start.submit()}>
          Set up codes
        </button>
      )}
      {account.totpEnabled && (
        <button type="button" aria-busy={disable.busy} onClick={() => void disable.submit()}>
          Turn codes off
        </button>
      )}
    </Section>
  );
}

/** As an image: the page's policy takes data: there, and scanners want dark on light in any theme. */
function QrCode({ uri }: { uri: string }) {
  const svg = renderSVG(uri, { border: 2 });
  return (
    <img
      className="qr"
      alt="QR code for your authenticator app"
      src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
    />
  );
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <div role="status">
      <p>
        <strong>Keep these recovery codes somewhere safe.</strong> Each stands in for one code when you lose
        your phone. They are shown this once.
      </p>
      <ul className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
