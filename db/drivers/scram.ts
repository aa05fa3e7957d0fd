/**
 * The client's half of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677), without channel binding. The driver's own asks WebCrypto
 * for each of 4,096 rounds: 80 ms of CPU for every new connection, where PBKDF2 as one call takes two.
 */
import { createHash, createHmac, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";

const deriveKey = promisify(pbkdf2);
const HASH_BYTES = 32;
/** Servers ask for 4,096, cautious ones for some hundred thousand; beyond it the wait is an attack. */
const ROUNDS_MAX = 1_000_000;
const BASE64 = /^(?:[a-zA-Z0-9+/]{4})*(?:[a-zA-Z0-9+/]{2}==|[a-zA-Z0-9+/]{3}=)?$/;

export interface ScramAnswer {
  /** client-final-message. */
  response: string;
  /** What the server must send to prove that it knows the password, too; base64. */
  serverSignature: string;
}

/**
 * `clientFirst` is client-first-message-bare, `serverFirst` what the server answered. Throws for an answer that is none,
 * or that isn't to this client's nonce: somebody in between would replay it.
 */
export async function answerScram(
  clientFirst: string,
  serverFirst: string,
  password: string,
): Promise<ScramAnswer> {
  const clientNonce = attributeOf(clientFirst, "r");
  const nonce = attributeOf(serverFirst, "r");
  const salt = attributeOf(serverFirst, "s");
  const rounds = attributeOf(serverFirst, "i");
  if (!/^[!-+--~]+$/.test(nonce) || !BASE64.test(salt) || salt === "" || !/^[1-9]\d*$/.test(rounds)) {
    throw new Error("SCRAM: the server's first message can't be read");
  }
  if (Number(rounds) > ROUNDS_MAX) throw new Error("SCRAM: the server asks for too many rounds");
  if (!nonce.startsWith(clientNonce) || nonce.length === clientNonce.length)
    throw new Error("SCRAM: the server answered somebody else");
  const salted = await deriveKey(password, Buffer.from(salt, "base64"), Number(rounds), HASH_BYTES, "sha256");
  const clientKey = hmac(salted, "Client Key");
  // "biws" is base64 of "n,,": no channel binding.
  const withoutProof = `c=biws,r=${nonce}`;
  const signed = `${clientFirst},${serverFirst},${withoutProof}`;
  const signature = hmac(createHash("sha256").update(clientKey).digest(), signed);
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
  return {
    response: `${withoutProof},p=${Buffer.from(proof).toString("base64")}`,
    serverSignature: hmac(hmac(salted, "Server Key"), signed).toString("base64"),
  };
}

/** Empty where it is missing: no attribute may be. */
const attributeOf = (message: string, name: string): string =>
  message
    .split(",")
    .find((attribute) => attribute.startsWith(`${name}=`))
    ?.slice(2) ?? "";

const hmac = (key: Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest();
