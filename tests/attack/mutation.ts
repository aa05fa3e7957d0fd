/** Sources with a guard taken away: to be seen is that the attack which the guard is against gets through then. */
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Edit {
  /** From the root of the repository. */
  file: string;
  /** Stands in the file exactly once. */
  from: string;
  to: string;
}

export interface Mutation {
  /** What the server does no longer. */
  removes: string;
  edits: readonly Edit[];
  /** The guard runs in the attacker's own process, too. */
  inAttacker?: true;
}

/** By the name of the attack; each of its mutations is seen alone. */
export type Mutations = Readonly<Record<string, readonly Mutation[]>>;

/** Modules that are asked for from now on have the edits, even where they are loaded already; no file changes. */
export function loadWith(edits: readonly Edit[]): { undo(): void } {
  const byUrl = Map.groupBy(edits, ({ file }) => `${pathToFileURL(resolve(ROOT, file)).href}?edited`);
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const url = `${resolved.url}?edited`;
      return byUrl.has(url) ? { ...resolved, url } : resolved;
    },
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const own = byUrl.get(url);
      return own ? { ...loaded, source: own.reduce(edited, String(loaded.source)) } : loaded;
    },
  });
  return { undo: () => hooks.deregister() };
}

/** Throws where the text isn't there, or is there more than once. */
export function edited(source: string, { file, from, to }: Edit): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}
