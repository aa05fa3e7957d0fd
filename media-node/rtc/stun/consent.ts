/**
 * Consent (RFC 7675) as a lite node has it. The RFC has the sender of media ask for it: a full agent sends checks, and
 * each authenticated answer is consent for 30 s more (§5.1). A lite agent (RFC 8445 §2.5) sends no checks and only
 * answers the other side's, which would leave it without any consent of its own. A node does this, within less time:
 *
 * - Consent begins with an answer to the one request that a node does send, on each path on its own, repeated until it
 *   comes. Before it nothing but answers, that request and the handshake go there, three bytes for each received one.
 * - It goes on with each authenticated check of the client on that path: full agents send those each 4–6 s for their
 *   own consent. It isn't asked for again meanwhile, so it is the client's checks that prove that it is still there.
 * - 15 s (CONSENT_MS_MAX) after the last check on a path nothing is sent there until the client answers a new request;
 *   15 s after the last one on any path the peer ends. Voice, reports and DTLS records renew nothing.
 * - It is revoked at once by close_notify, or by leaving the room (§5.2).
 */
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
