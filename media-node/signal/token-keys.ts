/**
 * Opens tokens in JWS compact form (RFC 7515 §7.1) with ES256 (RFC 7518 §3.4) and nothing else. By node:crypto, since
 * jose verifies through WebCrypto alone, which costs a join two changes of thread and three times the CPU.
 */
import { createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { AppError } from "@parley/contract/errors";

const PARTS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Public keys as a control plane publishes them (RFC 7517 §5); `signs` is the type of the tokens that one is for. */
export interface KeySet {
  keys: readonly (JsonWebKey & { kid?: string; alg?: string; use?: string; signs?: string | undefined })[];
}

type JsonObject = Readonly<Record<string, unknown>>;

export class TokenKeys {
  readonly #type: string;
  readonly #keys = new Map<string, KeyObject>();

  /**
   * For tokens of this type. Keys without a kid, for tokens of another type or for anything but ES256 signatures are
   * left out; what control planes published before they told types counts for each. Throws where one can't be read.
   */
  constructor({ keys }: KeySet, type: string) {
    this.#type = type;
    for (const { kid, alg = "ES256", use = "sig", signs = type, ...jwk } of keys) {
      if (signs !== type) continue;
      if (kid !== undefined && jwk.crv === "P-256" && alg === "ES256" && use === "sig")
        this.#keys.set(kid, createPublicKey({ key: jwk, format: "jwk" }));
    }
  }

  /** Whether the key that a token names is here, as far as the token can be read. */
  hasKeyOf(token: string): boolean {
    return this.#keys.has(headerOf(token).kid);
  }

  /** What a token says, once its type is found right and its signature good. Throws AppError `token_invalid`. */
  open(token: string): JsonObject {
    const { kid, alg, typ, crit } = headerOf(token);
    const key = this.#keys.get(kid);
    // RFC 7515 §4.1.11: an extension that must be understood, and isn't.
    if (!key || alg !== "ES256" || typ !== this.#type || crit !== undefined)
      throw new AppError("token_invalid");
    const [signed, payload, signature] = split(token);
    if (!verify("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }, signature))
      throw new AppError("token_invalid");
    return parseObject(payload);
  }
}

function headerOf(token: string): JsonObject & { kid: string } {
  if (!PARTS.test(token)) throw new AppError("token_invalid");
  const header = parseObject(token.slice(0, token.indexOf(".")));
  if (typeof header.kid !== "string") throw new AppError("token_invalid");
  return { ...header, kid: header.kid };
}

/** What is signed, and the two parts behind the header. */
function split(token: string): [signed: string, payload: string, signature: Buffer] {
  const end = token.lastIndexOf(".");
  const signature = Buffer.from(token.slice(end + 1), "base64url");
  return [token.slice(0, end), token.slice(token.indexOf(".") + 1, end), signature];
}

function parseObject(base64Url: string): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64Url, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {}
  throw new AppError("token_invalid");
}
