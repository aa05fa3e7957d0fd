/** Mails of a test server, which has no mail server and so writes them to files. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS_MAX = 10_000;

/** The link in the newest mail to an address that has one of this kind; waits for the mail. */
export async function mailedLink(
  dataDirectory: string,
  to: string,
  kind: "verify" | "reset",
): Promise<string> {
  const directory = join(dataDirectory, "outbox");
  const deadlineMs = performance.now() + WAIT_MS_MAX;
  while (performance.now() < deadlineMs) {
    const names = await readdir(directory).catch(() => []);
    const mails = await Promise.all(names.toSorted().map((name) => readFile(join(directory, name), "utf8")));
    const mail = mails.findLast((text) => text.includes(`To: ${to}`) && text.includes(`#${kind}=`));
    const link = new RegExp(`http\\S+#${kind}=[\\w-]+`).exec(
      mail?.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=") ?? "",
    );
    if (link) return link[0];
    await sleep(50);
  }
  throw new Error(`no mail with a ${kind} link came for ${to}`);
}
