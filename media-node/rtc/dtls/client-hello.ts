/** The one ClientHello that a node talks to (RFC 5246 §7.4.1.2, RFC 6347 §4.2.1): all it needs, or a failure. */
import { SRTP_PROFILE_IDS, type SrtpProfileId } from "../srtp/srtp-profile.ts";
import { ByteReader, uint16s } from "./byte-reader.ts";
import { DtlsFailure } from "./dtls-failure.ts";
import { DTLS_1_2 } from "./dtls-record.ts";

/** RFC 5289 §3.2: the suite that every WebRTC client must have (RFC 8827 §6.5). */
export const ECDHE_ECDSA_AES_128_GCM_SHA256 = 0xc02b;
export const SECP256R1 = 23;
export const ECDSA_SECP256R1_SHA256 = 0x0403;

export const extensionType = {
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  extendedMasterSecret: 23,
  renegotiationInfo: 0xff01,
} as const;

/** A client may say by this suite what it else says by the extension (RFC 5746 §3.3). */
const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
const RANDOM_BYTES = 32;
const EXTENSIONS_MAX = 64;

export interface ClientHello {
  random: Buffer;
  cookie: Buffer;
  /** Everything that the cookie vouches for beside the sender's address (RFC 6347 §4.2.1). */
  parameters: Buffer;
  version: number;
  cipherSuites: number[];
  compressionMethods: Buffer;
  extensions: Map<number, Buffer>;
}

export function parseClientHello(body: Buffer): ClientHello {
  const reader = new ByteReader(body);
  const version = reader.uint16();
  const random = reader.bytes(RANDOM_BYTES);
  const sessionId = reader.vector(1);
  const cookie = reader.vector(1);
  const cipherSuites = reader.vector(2);
  const compressionMethods = reader.vector(1);
  const extensions = reader.remaining > 0 ? parseExtensions(reader.vector(2)) : new Map();
  reader.end();
  return {
    version,
    random,
    cookie,
    parameters: Buffer.concat([random, sessionId, cipherSuites, compressionMethods]),
    cipherSuites: uint16s(cipherSuites),
    compressionMethods,
    extensions,
  };
}

/** The SRTP profile to use. Throws what is missing from a hello that could make a safe session. */
export function chooseSrtpProfile(hello: ClientHello): SrtpProfileId {
  // DTLS versions count downwards; a 1.3 client says 1.2 here, too (RFC 9147 §5.3).
  if (hello.version >> 8 !== 0xfe || hello.version > DTLS_1_2) throw new DtlsFailure("version_unsupported");
  const lists = (type: number) => {
    const data = hello.extensions.get(type);
    return data === undefined ? [] : uint16s(new ByteReader(data).vector(2));
  };
  const canTalk =
    hello.cipherSuites.includes(ECDHE_ECDSA_AES_128_GCM_SHA256) &&
    hello.compressionMethods.includes(0) &&
    // RFC 8422 §4: a client that names no curve leaves the choice to the server.
    (!hello.extensions.has(extensionType.supportedGroups) ||
      lists(extensionType.supportedGroups).includes(SECP256R1)) &&
    lists(extensionType.signatureAlgorithms).includes(ECDSA_SECP256R1_SHA256);
  if (!canTalk) throw new DtlsFailure("no_common_cipher");
  if (!hello.extensions.has(extensionType.extendedMasterSecret))
    throw new DtlsFailure("extended_master_secret_missing");
  const offered = lists(extensionType.useSrtp);
  const profile = SRTP_PROFILE_IDS.find((id) => offered.includes(id));
  if (profile === undefined) throw new DtlsFailure("srtp_profile_missing");
  return profile;
}

/** RFC 5246 §7.4.1.4: a server answers only extensions that were offered. */
export const offers = (hello: ClientHello, type: number): boolean =>
  hello.extensions.has(type) ||
  (type === extensionType.renegotiationInfo && hello.cipherSuites.includes(EMPTY_RENEGOTIATION_INFO_SCSV));

function parseExtensions(vector: Buffer): Map<number, Buffer> {
  const reader = new ByteReader(vector);
  const extensions = new Map<number, Buffer>();
  while (reader.remaining > 0) {
    const type = reader.uint16();
    if (extensions.has(type) || extensions.size === EXTENSIONS_MAX) throw new DtlsFailure("malformed");
    extensions.set(type, reader.vector(2));
  }
  return extensions;
}
