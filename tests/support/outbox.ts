/** Mails of a test server, which has no mail server and so writes them to files. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS_MAX = 10_000;

/** What of the newest mail to an address that has such words these are; waits for the mail. */
export async function mailedWords(dataDirectory: string, to: string, words: RegExp): Promise<string> {
  const directory = join(dataDirectory, "outbox");
  const deadlineMs = performance.now() + WAIT_MS_MAX;
  while (performance.now() < deadlineMs) {
    const names = await readdir(directory).catch(() => []);
    const mails = await Promise.all(names.toSorted().map((name) => readFile(join(directory, name), "utf8")));
    const found = mails
      .filter((text) => text.includes(`To: ${to}`))
      .flatMap((text) => words.exec(text.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "="))?.[0] ?? [])
      .at(-1);
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`no mail with ${words} came for ${to}`);
}

/** The link in the newest mail to an address that has one of this kind; waits for the mail. */
export const mailedLink = (dataDirectory: string, to: string, kind: "verify" | "reset"): Promise<string> =>
  mailedWords(dataDirectory, to, new RegExp(`http\\S+#${kind}=[\\w-]+`));
