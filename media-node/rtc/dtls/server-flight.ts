/** Bodies of the messages that a DTLS server sends (RFC 5246 §7.4, RFC 8422 §5.4, RFC 6347 §4.2.1). */
import { sign } from "node:crypto";
import type { SrtpProfileId } from "../srtp/srtp-profile.ts";
import {
  type ClientHello,
  ECDHE_ECDSA_AES_128_GCM_SHA256,
  ECDSA_SECP256R1_SHA256,
  extensionType,
  offers,
  SECP256R1,
} from "./client-hello.ts";
import { CLIENT_SIGNATURE_SCHEMES } from "./client-proof.ts";
import type { DtlsIdentity } from "./dtls-identity.ts";
import { DTLS_1_0, DTLS_1_2 } from "./dtls-record.ts";
import type { SessionRandoms } from "./key-schedule.ts";
import { extension, uint16, vector } from "./tls-vector.ts";

const NAMED_CURVE = 3;
const CERTIFICATE_TYPES = [64, 1]; // ecdsa_sign, rsa_sign

/** §4.2.1: DTLS 1.0 whatever is negotiated later, since the version isn't known yet. */
export const helloVerifyRequest = (cookie: Buffer): Buffer =>
  Buffer.concat([uint16(DTLS_1_0), vector(1, cookie)]);

export function serverHello(hello: ClientHello, random: Buffer, profile: SrtpProfileId): Buffer {
  const ifOffered = (type: number, ...data: Buffer[]) =>
    offers(hello, type) ? [extension(type, ...data)] : [];
  return Buffer.concat([
    uint16(DTLS_1_2),
    random,
    vector(1), // no session to resume
    uint16(ECDHE_ECDSA_AES_128_GCM_SHA256),
    Buffer.from([0]), // no compression
    vector(
      2,
      ...ifOffered(extensionType.renegotiationInfo, vector(1)),
      ...ifOffered(extensionType.ecPointFormats, vector(1, Buffer.from([0]))),
      extension(extensionType.extendedMasterSecret),
      extension(extensionType.useSrtp, vector(2, uint16(profile)), vector(1)),
    ),
  ]);
}

export const certificate = ({ certificate: der }: DtlsIdentity): Buffer => vector(3, vector(3, der));

/** The signature ties our ephemeral key to this session's randoms and to our certificate. */
export function serverKeyExchange(
  publicKey: Buffer,
  randoms: SessionRandoms,
  identity: DtlsIdentity,
): Buffer {
  const parameters = Buffer.concat([Buffer.from([NAMED_CURVE]), uint16(SECP256R1), vector(1, publicKey)]);
  const signed = Buffer.concat([randoms.client, randoms.server, parameters]);
  const signature = sign("sha256", signed, identity.privateKey);
  return Buffer.concat([parameters, uint16(ECDSA_SECP256R1_SHA256), vector(2, signature)]);
}

export const certificateRequest = (): Buffer =>
  Buffer.concat([
    vector(1, Buffer.from(CERTIFICATE_TYPES)),
    vector(2, ...CLIENT_SIGNATURE_SCHEMES.map(uint16)),
    vector(2), // any issuer: the fingerprint decides
  ]);
