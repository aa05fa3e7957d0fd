import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { browserSupportsWebAuthn, startAuthentication } from "@simplewebauthn/browser";
import { useState } from "react";
import { Card } from "./card.tsx";
import { Field } from "./field.tsx";
import { ForgotPassword } from "./forgot-password.tsx";
import { InviteHint } from "./manage/invite-hint.tsx";
import { NewPasswordHint } from "./new-password-hint.tsx";
import { Problem } from "./problem.tsx";
import { useSubmit } from "./use-submit.ts";

type Mode = "log-in" | "register" | "forgot";

interface LogInProps {
  client: VoiceClient;
  /** A session ended just now, and not by whoever had it. */
  ended: boolean;
}

export function LogIn({ client, ended }: LogInProps) {
  const [mode, setMode] = useState<Mode>("log-in");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [email, setEmail] = useState("");
  /** Undefined until the server asks for it. */
  const [code, setCode] = useState<string>();

  const form = useSubmit(async () => {
    if (mode === "register") {
      await client.register(username, password, email === "" ? undefined : email);
      return;
    }
    try {
      await client.login(username, password, code);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== "second_factor_required") throw error;
      setCode("");
    }
  });
  const passkey = useSubmit(() => logInWithPasskey(client));

  const choose = (next: Mode) => {
    setMode(next);
    setCode(undefined);
    form.setProblem("");
    passkey.setProblem("");
  };
  if (mode === "forgot") return <ForgotPassword client={client} onBack={() => choose("log-in")} />;
  const registering = mode === "register";
  return (
    <Card>
      <p className="quiet">Talk with your people.</p>
      {ended && <p role="status">Your session has ended. Log in to go on.</p>}
      <InviteHint client={client} />
      <fieldset className="tabs">
        <legend className="hidden">New here?</legend>
        <button type="button" aria-pressed={!registering} onClick={() => choose("log-in")}>
          I have an account
        </button>
        <button type="button" aria-pressed={registering} onClick={() => choose("register")}>
          Register
        </button>
      </fieldset>
      <form onSubmit={form.submit}>
        <Field
          label={registering ? "User name" : "User name or email"}
          name="username"
          autoComplete="username"
          value={username}
          onChange={setUsername}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={registering ? "new-password" : "current-password"}
          describedBy={registering ? "password-hint" : undefined}
          value={password}
          onChange={setPassword}
        />
        {registering && (
          <>
            <NewPasswordHint client={client} />
            <Field
              label="Email (optional, to get back in)"
              name="email"
              type="email"
              autoComplete="email"
              optional
              value={email}
              onChange={setEmail}
            />
          </>
        )}
        {code !== undefined && (
          <Field
            label="Code from your authenticator app, or a recovery code"
            name="code"
            autoComplete="one-time-code"
            value={code}
            onChange={setCode}
          />
        )}
        <Problem words={form.problem} />
        <button type="submit" className="primary" aria-busy={form.busy}>
          {registering ? "Create account" : "Log in"}
        </button>
      </form>
      {!registering && (
        <>
          <div className="other-ways">
            {browserSupportsWebAuthn() && (
              <button type="button" aria-busy={passkey.busy} onClick={() => void passkey.submit()}>
                Use a passkey
              </button>
            )}
            <button type="button" className="link small" onClick={() => choose("forgot")}>
              Forgot your password?
            </button>
          </div>
          <Problem words={passkey.problem} />
          <p className="quiet small demo">
            Just looking? Use <code>demo</code> / <code>demo123</code>{" "}
            <button
              type="button"
              className="link"
              onClick={() => {
                setUsername("demo");
                setPassword("demo123");
              }}
            >
              Fill in
            </button>
          </p>
        </>
      )}
    </Card>
  );
}

async function logInWithPasskey(client: VoiceClient): Promise<void> {
  const optionsJSON = (await client.passkeyOptions()) as unknown as Parameters<
    typeof startAuthentication
  >[0]["optionsJSON"];
  await client.loginWithPasskey(await startAuthentication({ optionsJSON }));
}
