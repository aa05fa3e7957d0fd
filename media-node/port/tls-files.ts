/** A certificate and its key from files, read again when they change: certificates live for weeks, calls go on. */
import { type FSWatcher, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createSecureContext } from "node:tls";

export interface TlsPaths {
  certFile: string;
  keyFile: string;
}

export interface TlsPair {
  cert: string;
  key: string;
}

/** Throws an Error that names what is wrong with which file. */
export async function readTlsPair({ certFile, keyFile }: TlsPaths): Promise<TlsPair> {
  const pair = {
    cert: await readText("TLS_CERT_FILE", certFile),
    key: await readText("TLS_KEY_FILE", keyFile),
  };
  try {
    createSecureContext(pair);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`TLS_CERT_FILE and TLS_KEY_FILE are not a PEM certificate and its key: ${why}`, {
      cause,
    });
  }
  return pair;
}

/** For what no event tells of: mounted files, network file systems, links whose target's directory changes. */
const REREAD_MS = 60_000;
/** Certificate and key are written one after the other; a pair that doesn't match yet has this long. */
const SETTLE_MS = 3_000;

/**
 * Calls `onChange` with the new pair each time it has become another, valid one. Directories are watched, not
 * files: tools replace files and swap links, and a watch on the old one would see nothing.
 */
export function watchTlsPair(
  paths: TlsPaths,
  current: TlsPair,
  onChange: (pair: TlsPair) => void,
  onError: (error: unknown) => void,
  rereadMs = REREAD_MS,
): { close(): void } {
  let known = current;
  let complaint: NodeJS.Timeout | undefined;
  let complainedOf: string | undefined;
  let reading: Promise<void> = Promise.resolve();
  const complain = (error: Error) => {
    complaint ??= setTimeout(() => {
      complaint = undefined;
      // One replacement brings several events; one complaint will do.
      if (error.message !== complainedOf) onError(error);
      complainedOf = error.message;
    }, SETTLE_MS).unref();
  };
  const reread = async () => {
    const pair = await readTlsPair(paths).catch(complain);
    if (!pair) return;
    clearTimeout(complaint);
    complaint = undefined;
    complainedOf = undefined;
    if (pair.cert === known.cert && pair.key === known.key) return;
    known = pair;
    onChange(pair);
  };
  const watchers = [...new Set([dirname(paths.certFile), dirname(paths.keyFile)])].map(
    (directory): FSWatcher =>
      watch(directory, { persistent: false }, () => {
        // One after another: an event in the middle of a write is followed by another at its end.
        reading = reading.then(reread);
      }).on("error", onError),
  );
  const timer = setInterval(() => {
    reading = reading.then(reread);
  }, rereadMs).unref();
  return {
    close() {
      clearInterval(timer);
      clearTimeout(complaint);
      for (const watcher of watchers) watcher.close();
    },
  };
}

async function readText(variable: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(`${variable}: ${path} can't be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    });
  }
}
