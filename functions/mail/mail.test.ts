/** Mail as it arrives at a real SMTP server, and as it lies in the outbox. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resetMail, verifyMail } from "../domain/mailer.ts";
import { createOutbox } from "./outbox.ts";
import { createSmtpMailer } from "./smtp.ts";

interface Received {
  /** Whether it came over TLS. */
  secure: boolean;
  from: string;
  to: string[];
  user: string;
  text: string;
}

const received: Received[] = [];
let logIns = 0;
let server: Awaited<ReturnType<typeof startServer>>;
let url: string;

async function startServer(options: SMTPServerOptions) {
  const smtp = new SMTPServer({
    allowInsecureAuth: true,
    onAuth({ username = "", password }, _session, answer) {
      logIns++;
      if (password === "p@ss word") answer(null, { user: username });
      else answer(new Error("wrong password"));
    },
    onRcptTo: ({ address }, _session, answer) =>
      address.startsWith("gone") ? answer(new Error("no such mailbox")) : answer(),
    async onData(stream, session, answer) {
      let text = "";
      for await (const chunk of stream) text += chunk;
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom === false ? "" : mailFrom.address;
      const to = rcptTo.map(({ address }) => address);
      received.push({ secure: session.secure, from, to, user: String(session.user), text });
      answer();
    },
    ...options,
  });
  smtp.on("error", () => {});
  const listening = once(smtp.server, "listening");
  smtp.listen(0, "127.0.0.1");
  await listening;
  const { port } = smtp.server.address() as { port: number };
  return {
    url: `smtp://mailer:${encodeURIComponent("p@ss word")}@127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  };
}

beforeAll(async () => {
  server = await startServer({ disabledCommands: ["STARTTLS"] });
  url = server.url;
});
afterAll(() => server.close());

const FROM = "Parley <no-reply@talk.example>";

describe("by SMTP", () => {
  test("a mail arrives, with its link whole", async () => {
    const token = "a".repeat(43);
    await createSmtpMailer(url, FROM).send(verifyMail("dora@example.com", "https://talk.example", token));
    const mail = received.at(-1);
    expect(mail).toMatchObject({ from: "no-reply@talk.example", to: ["dora@example.com"], user: "mailer" });
    expect(mail?.text).toMatch(/^From: "?Parley"? <no-reply@talk\.example>/m);
    expect(mail?.text).toMatch(/^Subject: Confirm your email address/m);
    expect(decodeQuotedPrintable(mail?.text ?? "")).toContain(`https://talk.example/#verify=${token}`);
  });

  test("an address stays one address and adds no header, whatever characters it has", async () => {
    const before = received.length;
    const to = "a@example.com\r\nBcc: b@example.com, c@example.com";
    await createSmtpMailer(url, FROM)
      .send(resetMail(to, "https://talk.example", "t"))
      .catch(() => {});
    for (const mail of received.slice(before)) {
      expect(mail.to.length).toBe(1);
      expect(mail.text).not.toMatch(/^Bcc:/im);
    }
  });

  test("nothing goes out where somebody on the way took STARTTLS away, neither mail nor password", async () => {
    const before = [received.length, logIns];
    const mail = resetMail("dora@example.com", "https://talk.example", "t");
    // Another name of this machine, which isn't known to be it.
    const elsewhere = new URL(url.replace("127.0.0.1", "0.0.0.0"));
    await expect(createSmtpMailer(elsewhere.href, FROM).send(mail)).rejects.toThrow(/STARTTLS|TLS/);
    expect([received.length, logIns]).toEqual(before);
    elsewhere.searchParams.set("requireTLS", "false");
    await createSmtpMailer(elsewhere.href, FROM).send(mail);
    expect([received.length, logIns]).toEqual(before.map((count) => count + 1));
  });

  test("goes by TLS where the server offers it", async () => {
    const own = await startServer({});
    try {
      const offering = new URL(own.url.replace("127.0.0.1", "0.0.0.0"));
      // The test server's certificate is nobody's.
      offering.searchParams.set("tls.rejectUnauthorized", "false");
      await createSmtpMailer(offering.href, FROM).send(
        resetMail("dora@example.com", "https://talk.example", "t"),
      );
      expect(received.at(-1)).toMatchObject({ secure: true, to: ["dora@example.com"] });
    } finally {
      await own.close();
    }
  });

  test("a refused recipient and a wrong password reject", async () => {
    const mail = resetMail("gone@example.com", "https://talk.example", "t");
    await expect(createSmtpMailer(url, FROM).send(mail)).rejects.toThrow(/no such mailbox/);
    const wrong = createSmtpMailer(url.replace(/:[^:@]+@/, ":wrong@"), FROM);
    await expect(wrong.send({ ...mail, to: "dora@example.com" })).rejects.toThrow(/wrong password/);
  });
});

test("without a server a mail lies in a file for its owner's eyes, and the log doesn't tell what is in it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "parley-outbox-"));
  const said: unknown[] = [];
  const logger = { info() {}, error() {}, warn: (...words: unknown[]) => void said.push(words) };
  try {
    const outbox = createOutbox(join(directory, "outbox"), logger);
    await outbox.send(resetMail("dora@example.com", "https://talk.example", "canary-token"));
    const [file = ""] = readdirSync(join(directory, "outbox"));
    const path = join(directory, "outbox", file);
    expect(decodeQuotedPrintable(readFileSync(path, "utf8"))).toContain(
      "https://talk.example/#reset=canary-token",
    );
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(JSON.stringify(said)).toContain(file);
    expect(JSON.stringify(said)).not.toContain("canary-token");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

const decodeQuotedPrintable = (text: string): string =>
  text
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_whole, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
