/**
 * JSON as RFC 8259 §4 hopes for it: names are unique, so that no two readers can understand one body
 * differently. Also bounds the depth and refuses `__proto__`, which some code would take for a prototype.
 */
import { AppError } from "@parley/contract/errors";
import { JSON_DEPTH_MAX } from "@parley/contract/limits";

/** Throws `malformed_json` for what isn't JSON and `bad_request` for JSON that isn't strict. */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("malformed_json", { cause });
  }
  assertStrict(text);
  return value;
}

// In valid JSON these are all that matter: whole strings (with the colon that makes one a name) and brackets.
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/** `text` is known to be valid JSON. Iterative: its depth is the sender's choice. */
function assertStrict(text: string): void {
  /** Names seen in each open object; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (const [token, literal, colon] of text.matchAll(TOKENS)) {
    if (literal !== undefined) {
      if (colon !== undefined) noteName(open.at(-1), JSON.parse(literal));
    } else if (token === "}" || token === "]") {
      open.pop();
    } else {
      open.push(token === "{" ? new Set() : undefined);
      if (open.length > JSON_DEPTH_MAX) refuse("The body is nested too deeply.");
    }
  }
}

function noteName(names: Set<string> | undefined, name: string): void {
  if (name === "__proto__") refuse('The body has a field named "__proto__".');
  if (names?.has(name)) refuse("The body names a field twice.");
  names?.add(name);
}

function refuse(detail: string): never {
  throw new AppError("bad_request", { detail });
}
