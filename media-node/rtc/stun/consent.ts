/** The one request that a lite node sends: whether the client hears on a path, and wants our packets there (RFC 7675). */
import { randomBytes } from "node:crypto";
import { attribute, hasIntegrity, MAGIC_COOKIE, STUN_HEADER_BYTES } from "./binding-request.ts";
import { writeStun } from "./stun-writer.ts";

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const INTEGRITY_BYTES = 20;
/** RFC 8445 §5.1.2: peer-reflexive, first component. A lite node's checks make no pairs, so it means nothing. */
const PRIORITY = Buffer.from([110, 0, 0, 255]);

/** RFC 8445 §16.1: the same in all requests; a repeated request is the same to the byte (RFC 8489 §6.2.1). */
const TIE_BREAKER = randomBytes(8);

/** `local` is our ufrag, `remote` and `password` are the client's, from its offer. */
export function writeConsentRequest(
  transactionId: Buffer,
  { local, remote, password }: { local: string; remote: string; password: string },
): Buffer {
  const attributes = [
    { type: attribute.username, value: Buffer.from(`${remote}:${local}`) },
    { type: attribute.priority, value: PRIORITY },
    { type: attribute.iceControlled, value: TIE_BREAKER },
  ];
  return writeStun(BINDING_REQUEST, transactionId, attributes, password);
}

/** The transaction that a Binding success response is about; undefined where the bytes are none. */
export function answeredTransaction(bytes: Buffer): Buffer | undefined {
  const isOne =
    bytes.length >= STUN_HEADER_BYTES &&
    bytes.readUInt16BE(0) === BINDING_SUCCESS &&
    bytes.readUInt16BE(2) === bytes.length - STUN_HEADER_BYTES &&
    bytes.readUInt32BE(4) === MAGIC_COOKIE;
  return isOne ? bytes.subarray(8, STUN_HEADER_BYTES) : undefined;
}

/** Is a response, of which `answeredTransaction` is known, signed with the client's password? */
export function isSignedAnswer(bytes: Buffer, password: string): boolean {
  for (let offset = STUN_HEADER_BYTES; offset + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(offset + 2);
    const end = offset + 4 + length;
    if (bytes.readUInt16BE(offset) === attribute.messageIntegrity)
      return (
        length === INTEGRITY_BYTES &&
        end <= bytes.length &&
        hasIntegrity({ bytes, integrityOffset: offset }, password)
      );
    offset = end + (-length & 3);
  }
  return false;
}
