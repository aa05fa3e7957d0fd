/**
 * Signing keys: one ES256 pair for access tokens and another for join tokens, so that neither kind can stand
 * in for the other even where a check of `typ` is forgotten.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
import { z } from "zod";

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

export interface SigningKeys {
  access: SigningKey;
  join: SigningKey;
}

export const SIGNING_ALGORITHM = "ES256";

const publicJwkSchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
});
const privateJwkSchema = publicJwkSchema.extend({ d: z.string() });
const exportedKeysSchema = z.object({ access: privateJwkSchema, join: privateJwkSchema });

/** Private keys as JWKs: a secret. */
export type ExportedKeys = z.infer<typeof exportedKeysSchema>;
type PrivateJwk = z.infer<typeof privateJwkSchema>;

export async function generateKeys(): Promise<SigningKeys> {
  return { access: await generateKey(), join: await generateKey() };
}

export async function exportKeys(keys: SigningKeys): Promise<ExportedKeys> {
  return exportedKeysSchema.parse({
    access: await exportJWK(keys.access.privateKey),
    join: await exportJWK(keys.join.privateKey),
  });
}

/** Takes what `exportKeys` gave, after JSON. Throws when it is something else. */
export async function importKeys(exported: unknown): Promise<SigningKeys> {
  const { access, join } = exportedKeysSchema.parse(exported);
  return { access: await importKey(access), join: await importKey(join) };
}

/** RFC 7517 key set with the public halves, as `/.well-known/jwks.json` serves it. */
export async function publicJwks(keys: SigningKeys) {
  return { keys: await Promise.all([publicJwk(keys.join), publicJwk(keys.access)]) };
}

async function publicJwk(key: SigningKey) {
  const jwk = publicJwkSchema.parse(await exportJWK(key.publicKey));
  return { ...jwk, kid: key.kid, alg: SIGNING_ALGORITHM, use: "sig" };
}

async function generateKey(): Promise<SigningKey> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  return { ...pair, kid: await calculateJwkThumbprint(await exportJWK(pair.publicKey)) };
}

async function importKey(jwk: PrivateJwk): Promise<SigningKey> {
  const { d: _secret, ...open } = jwk;
  return {
    kid: await calculateJwkThumbprint(open),
    privateKey: (await importJWK(jwk, SIGNING_ALGORITHM, { extractable: true })) as CryptoKey,
    publicKey: (await importJWK(open, SIGNING_ALGORITHM, { extractable: true })) as CryptoKey,
  };
}
