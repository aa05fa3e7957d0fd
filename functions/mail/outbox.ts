/** Mail for installations that have none: files in a directory, where whoever runs the server can read them. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RESET_TOKEN_LIFETIME_SECONDS, VERIFY_TOKEN_LIFETIME_SECONDS } from "@parley/contract/limits";
import { createTransport } from "nodemailer";
import type { Logger } from "../app-deps.ts";
import type { Mailer } from "../domain/mailer.ts";

/** A day longer than any link in them works: they hold addresses and names, also of accounts that are gone. */
const KEPT_MS = (Math.max(VERIFY_TOKEN_LIFETIME_SECONDS, RESET_TOKEN_LIFETIME_SECONDS) + 24 * 3_600) * 1000;

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

/** Gives how many went. */
export async function removeOldMails(directory: string, now: Date): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error) => {
    // No mail was ever written.
    if (error.code === "ENOENT") return [];
    throw error;
  });
  let removed = 0;
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".eml")) continue;
    const path = join(directory, entry.name);
    if (now.getTime() - (await stat(path)).mtimeMs < KEPT_MS) continue;
    await rm(path);
    removed++;
  }
  return removed;
}
