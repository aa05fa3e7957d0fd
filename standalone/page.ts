/** The web page's files: built when they are missing or older than their sources. */
import { spawn } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const PAGE_DIRECTORY = join(ROOT, "web", "dist");

export async function ensurePage(progress: (text: string) => void): Promise<void> {
  const builtAtMs = await stat(join(PAGE_DIRECTORY, "index.html")).then(
    (file) => file.mtimeMs,
    () => undefined,
  );
  if (builtAtMs !== undefined && builtAtMs > (await newestSourceMs())) return;
  progress("Building the page, once …");
  await build();
}

async function newestSourceMs(): Promise<number> {
  const parts = ["web/src", "web/public", "sdk", "contract"].map((part) => join(ROOT, part));
  const times = await Promise.all(
    parts.map(async (part) => {
      const entries = await readdir(part, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && !entry.name.includes(".test."));
      const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
      return Math.max(0, ...stats.map((file) => file.mtimeMs));
    }),
  );
  return Math.max(...times);
}

/** Runs Vite in a process of its own: its memory goes when it ends, and its words show only on failure. */
async function build(): Promise<void> {
  const vite = spawn(process.execPath, [join(ROOT, "node_modules/vite/bin/vite.js"), "build"], {
    cwd: join(ROOT, "web"),
    // Else a NODE_ENV of the caller's, such as a test runner's, makes the page a slow development build.
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  vite.stdout.on("data", (data) => (output += data));
  vite.stderr.on("data", (data) => (output += data));
  const code = await new Promise<number | null>((resolve, reject) => {
    vite.once("error", reject);
    vite.once("close", resolve);
  });
  if (code !== 0) throw new Error(`The page could not be built:\n${output}`);
}
