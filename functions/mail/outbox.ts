/** Mail for installations that have none: files in a directory, where whoever runs the server can read them. */
import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { Logger } from "../app-deps.ts";
import type { Mailer } from "../domain/mailer.ts";

/** Each mail becomes one .eml file for its owner's eyes only; the log names the file, not what is in it. */
export function createOutbox(directory: string, logger: Logger): Mailer {
  const transport = createTransport(
    { streamTransport: true, buffer: true },
    { from: "Parley <parley@localhost>" },
  );
  return {
    async send({ to, subject, text }) {
      const { message } = await transport.sendMail({ to: { name: "", address: to }, subject, text });
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, `${new Date().toISOString().replaceAll(":", "-")}-${randomUUID()}.eml`);
      await writeFile(path, message as Buffer, { mode: 0o600 });
      logger.warn({ path, subject }, "no mail server is configured: the mail was written to a file");
    },
  };
}
