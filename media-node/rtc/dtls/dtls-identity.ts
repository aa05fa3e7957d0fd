/** The node's own certificate: self-signed, new at each start, known to clients by its fingerprint. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { CipherContext, HashAlgorithm, NamedCurveAlgorithm, SignatureAlgorithm } from "werift";

export interface DtlsIdentity {
  /** DER. */
  certificate: Buffer;
  privateKey: KeyObject;
  /** SHA-256, as an SDP writes it (RFC 8122 §5). */
  fingerprint: string;
}

export async function createDtlsIdentity(): Promise<DtlsIdentity> {
  const made = await CipherContext.createSelfSignedCertificateWithKey(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  );
  const certificate = new X509Certificate(made.certPem).raw;
  return {
    certificate,
    privateKey: createPrivateKey(made.keyPem),
    fingerprint: sha256Fingerprint(certificate),
  };
}

/** Upper-case pairs with colons. */
export const sha256Fingerprint = (der: Uint8Array): string =>
  createHash("sha256").update(der).digest("hex").toUpperCase().match(/../g)?.join(":") ?? "";
