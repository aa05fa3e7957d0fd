/** The node's own certificate: self-signed, new at each start, known to clients by its fingerprint. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

const DAY_MS = 24 * 3_600 * 1_000;
/** Clients compare fingerprints and no dates (RFC 8827 §6.5); one that does has a day of grace for its clock. */
const DAYS = 365;

export interface DtlsIdentity {
  /** DER. */
  certificate: Uint8Array;
  privateKey: KeyObject;
  /** SHA-256, as an SDP writes it (RFC 8122 §5). */
  fingerprint: string;
}

export async function createDtlsIdentity(): Promise<DtlsIdentity> {
  // Loaded here alone: workers are given an identity, and needn't hold its 26 MB.
  const { generate } = await import("selfsigned");
  const made = await generate([{ name: "commonName", value: "parley" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + DAYS * DAY_MS),
  });
  const certificate = new X509Certificate(made.cert).raw;
  return {
    certificate,
    privateKey: createPrivateKey(made.private),
    fingerprint: sha256Fingerprint(certificate),
  };
}

/** Upper-case pairs with colons. */
export const sha256Fingerprint = (der: Uint8Array): string =>
  createHash("sha256").update(der).digest("hex").toUpperCase().match(/../g)?.join(":") ?? "";
