/**
 * Keys: ES256 pairs for access tokens and others for join tokens, so that neither kind can stand in for the other
 * even where a check of `typ` is forgotten; and one secret that everything symmetric is derived from. Of each kind
 * there is a ring: a next key is published before it signs, and an old one after it has signed its last, for as long
 * as its tokens live and no longer, whether or not another rotation has tidied it away.
 */
import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import { ACCESS_TOKEN_TYPE, JOIN_TOKEN_TYPE } from "@parley/contract/join";
import { ACCESS_TOKEN_LIFETIME_SECONDS } from "@parley/contract/limits";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
import { z } from "zod";

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** Signs from here on, until a later one does. */
  activeFrom: Date;
}

/** At least one, the oldest first. */
export type KeyRing = readonly SigningKey[];

export interface SigningKeys {
  access: KeyRing;
  join: KeyRing;
  /** 32 bytes: never used itself, only through `deriveSecret`. */
  secret: Uint8Array;
}

export const SIGNING_ALGORITHM = "ES256";
/** How long caches may keep the published keys. */
export const JWKS_CACHE_SECONDS = 300;
/** From a new key's publication to its first use: every cache has it by then, twice over. */
const LEAD_MS = 2 * JWKS_CACHE_SECONDS * 1000;
/** From a key's last signature to its end: its tokens have run out by then, twice over. */
const LINGER_MS = 2 * ACCESS_TOKEN_LIFETIME_SECONDS * 1000;

const publicJwkSchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
});
const storedKeySchema = publicJwkSchema.extend({ d: z.string(), activeFrom: z.iso.datetime() });
const exportedKeysSchema = z.object({
  secret: z.base64url().length(43),
  access: z.array(storedKeySchema).min(1),
  join: z.array(storedKeySchema).min(1),
});

/** Private keys as JWKs: a secret. */
export type ExportedKeys = z.infer<typeof exportedKeysSchema>;
type StoredKey = z.infer<typeof storedKeySchema>;

const pairsSchema = z.object({
  access: storedKeySchema.omit({ activeFrom: true }),
  join: storedKeySchema.omit({ activeFrom: true }),
});

export async function generateKeys(now: Date = new Date(0)): Promise<SigningKeys> {
  return { access: [await generateKey(now)], join: [await generateKey(now)], secret: randomBytes(32) };
}

/** Adds the next key to each ring, to sign once it is known everywhere, and drops those that nothing needs. */
export async function rotateKeys(keys: SigningKeys, now: Date): Promise<SigningKeys> {
  const activeFrom = new Date(now.getTime() + LEAD_MS);
  const rotate = async (ring: KeyRing) => [...withoutRetired(ring, now), await generateKey(activeFrom)];
  return { access: await rotate(keys.access), join: await rotate(keys.join), secret: keys.secret };
}

/** After a leak: new keys that sign from now on, and none of the old ones. Refresh tokens stay good. */
export async function replaceKeys(keys: SigningKeys, now: Date): Promise<SigningKeys> {
  return { ...(await generateKeys(now)), secret: keys.secret };
}

export async function exportKeys(keys: SigningKeys): Promise<ExportedKeys> {
  const store = (ring: KeyRing) =>
    Promise.all(
      ring.map(async ({ privateKey, activeFrom }) => ({
        ...(await exportJWK(privateKey)),
        activeFrom: activeFrom.toISOString(),
      })),
    );
  return exportedKeysSchema.parse({
    secret: Buffer.from(keys.secret).toString("base64url"),
    access: await store(keys.access),
    join: await store(keys.join),
  });
}

/** Takes what `exportKeys` gave, after JSON. Throws when it is something else. */
export async function importKeys(exported: unknown): Promise<SigningKeys> {
  const { secret, access, join } = exportedKeysSchema.parse(exported);
  return {
    secret: Buffer.from(secret, "base64url"),
    access: await Promise.all(access.map(importKey)),
    join: await Promise.all(join.map(importKey)),
  };
}

/**
 * Takes what was stored before there were rings and a secret: one pair of each kind. They go on signing; the secret
 * is a new one, so what this gives must be stored. Undefined for anything else.
 */
export async function importPairs(stored: unknown): Promise<SigningKeys | undefined> {
  const pairs = pairsSchema.safeParse(stored);
  if (!pairs.success) return undefined;
  const ring = async (pair: Omit<StoredKey, "activeFrom">) => [
    await importKey({ ...pair, activeFrom: new Date(0).toISOString() }),
  ];
  const { access, join } = pairs.data;
  return { access: await ring(access), join: await ring(join), secret: randomBytes(32) };
}

/** The key that signs now: the newest whose time has come. */
export function signingKeyOf(ring: KeyRing, now: Date): SigningKey {
  const key = ring.findLast(({ activeFrom }) => activeFrom <= now) ?? ring[0];
  if (!key) throw new Error("a key ring is empty");
  return key;
}

/** The key of that name, while anything that it signed may still be good. */
export const findVerifyingKey = (ring: KeyRing, kid: string | undefined, now: Date): SigningKey | undefined =>
  withoutRetired(ring, now).find((key) => key.kid === kid);

/**
 * RFC 7517 key set with the public halves, as `/.well-known/jwks.json` serves it: also the next and the last. Each says
 * which type of token it signs, by a member of our own that others pass over (§4).
 */
export async function publicJwks({ access, join }: Pick<SigningKeys, "access" | "join">, now: Date) {
  const show = (ring: KeyRing, type: string) => withoutRetired(ring, now).map((key) => publicJwk(key, type));
  return { keys: await Promise.all([...show(join, JOIN_TOKEN_TYPE), ...show(access, ACCESS_TOKEN_TYPE)]) };
}

/** A key of its own for each use (RFC 5869): 32 bytes. */
export const deriveSecret = (keys: Pick<SigningKeys, "secret">, use: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", keys.secret, new Uint8Array(), `parley ${use}`, 32));

/** By secret and use: each log-in and each refresh asks for the same ones. */
const macKeys = new WeakMap<Uint8Array, Map<string, KeyObject>>();

/** The same, ready for HMAC. Uses are a few words of ours, never a caller's. */
export function deriveMacKey(keys: Pick<SigningKeys, "secret">, use: string): KeyObject {
  const ofSecret = macKeys.get(keys.secret) ?? new Map<string, KeyObject>();
  macKeys.set(keys.secret, ofSecret);
  const key = ofSecret.get(use) ?? createSecretKey(deriveSecret(keys, use));
  ofSecret.set(use, key);
  return key;
}

/** Those that signed their last long ago: their successor has been signing for longer than a token lives. */
function withoutRetired(ring: KeyRing, now: Date): SigningKey[] {
  return ring.filter((_key, index) => {
    const successor = ring[index + 1];
    return !successor || successor.activeFrom.getTime() + LINGER_MS > now.getTime();
  });
}

async function publicJwk(key: SigningKey, signs: string) {
  const jwk = publicJwkSchema.parse(await exportJWK(key.publicKey));
  return { ...jwk, kid: key.kid, alg: SIGNING_ALGORITHM, use: "sig", signs };
}

async function generateKey(activeFrom: Date): Promise<SigningKey> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  return { ...pair, kid: await calculateJwkThumbprint(await exportJWK(pair.publicKey)), activeFrom };
}

async function importKey({ d, activeFrom, ...open }: StoredKey): Promise<SigningKey> {
  const options = { extractable: true };
  return {
    kid: await calculateJwkThumbprint(open),
    privateKey: (await importJWK({ ...open, d }, SIGNING_ALGORITHM, options)) as CryptoKey,
    publicKey: (await importJWK(open, SIGNING_ALGORITHM, options)) as CryptoKey,
    activeFrom: new Date(activeFrom),
  };
}
