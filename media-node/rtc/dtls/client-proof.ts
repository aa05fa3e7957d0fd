/**
 * Is the client who the SDP said? Its certificate must be the one of the fingerprint (RFC 8122 §5), and it
 * must have the certificate's key: it signs the whole handshake so far (RFC 5246 §7.4.8).
 */
import { constants, type KeyObject, timingSafeEqual, verify, X509Certificate } from "node:crypto";
import { ByteReader } from "./byte-reader.ts";
import { DtlsFailure } from "./dtls-failure.ts";
import { sha256Fingerprint } from "./dtls-identity.ts";

const RSA_BITS_MIN = 2_048;
const RSA_BITS_MAX = 4_096;

interface Scheme {
  accepts(key: KeyObject): boolean;
  padding?: number;
}

const isP256 = (key: KeyObject) =>
  key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
const isRsa = (key: KeyObject) => {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return key.asymmetricKeyType === "rsa" && bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
};

/** Schemes asked for in CertificateRequest, by code point (RFC 8446 §4.2.3); all of them with SHA-256. */
const schemes = new Map<number, Scheme>([
  [0x0403, { accepts: isP256 }],
  [0x0804, { accepts: isRsa, padding: constants.RSA_PKCS1_PSS_PADDING }],
  [0x0401, { accepts: isRsa, padding: constants.RSA_PKCS1_PADDING }],
]);

export const CLIENT_SIGNATURE_SCHEMES: readonly number[] = [...schemes.keys()];

/** The key of a Certificate message whose first certificate has the fingerprint. */
export function certifiedKey(certificateBody: Buffer, fingerprint: string): KeyObject {
  const reader = new ByteReader(certificateBody);
  const list = new ByteReader(reader.vector(3));
  reader.end();
  if (list.remaining === 0) throw new DtlsFailure("certificate_missing");
  const der = list.vector(3);
  const expected = Buffer.from(fingerprint.toUpperCase());
  const actual = Buffer.from(sha256Fingerprint(der));
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected))
    throw new DtlsFailure("fingerprint_mismatch");
  try {
    return new X509Certificate(der).publicKey;
  } catch {
    throw new DtlsFailure("certificate_key_unsupported");
  }
}

/** Throws unless the signature over the transcript is the key's. */
export function verifyCertificateVerify(body: Buffer, transcript: Buffer, key: KeyObject): void {
  const reader = new ByteReader(body);
  const scheme = schemes.get(reader.uint16());
  const signature = reader.vector(2);
  reader.end();
  if (!scheme?.accepts(key)) throw new DtlsFailure("certificate_key_unsupported");
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  const options = scheme.padding ? { key, padding: scheme.padding, saltLength } : { key };
  if (!verify("sha256", transcript, options, signature)) throw new DtlsFailure("certificate_verify_invalid");
}
