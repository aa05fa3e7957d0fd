import { PASSWORD_CODE_POINTS_MIN } from "@parley/contract/limits";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { type FormEvent, useState } from "react";
import { formWords } from "./field-words.ts";
import { AlertIcon, VoiceIcon } from "./icons.tsx";
import { InviteHint } from "./manage/invite-hint.tsx";

type Mode = "log-in" | "register";

export function LogIn({ client }: { client: VoiceClient }) {
  const [mode, setMode] = useState<Mode>("log-in");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await (mode === "register" ? client.register(username, password) : client.login(username, password));
    } catch (error) {
      setProblem(formWords(error));
      setBusy(false);
    }
  }

  const choose = (next: Mode) => {
    setMode(next);
    setProblem("");
  };
  const registering = mode === "register";
  return (
    <main className="log-in">
      <div className="card">
        <h1 className="brand">
          <VoiceIcon /> Parley
        </h1>
        <p className="quiet">Talk with your people.</p>
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
        <form onSubmit={submit}>
          <label>
            User name
            <input
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={username}
              onChange={(event) => setUsername(event.target.value)}
            />
          </label>
          <label>
            Password
            <input
              name="password"
              type="password"
              autoComplete={registering ? "new-password" : "current-password"}
              aria-describedby={registering ? "password-hint" : undefined}
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
          {registering && (
            <p className="quiet small" id="password-hint">
              At least {PASSWORD_CODE_POINTS_MIN} characters; a few words in a row are fine.
            </p>
          )}
          {problem && (
            <p role="alert" className="problem">
              <AlertIcon /> {problem}
            </p>
          )}
          <button type="submit" className="primary" aria-busy={busy}>
            {registering ? "Create account" : "Log in"}
          </button>
        </form>
        {!registering && (
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
        )}
      </div>
    </main>
  );
}
