/** Writes STUN messages with MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489 §14.5, §14.7). */
import { isIPv6 } from "node:net";
import { crc32 } from "node:zlib";
import {
  attribute,
  type BindingRequest,
  FINGERPRINT_XOR,
  MAGIC_COOKIE,
  messageIntegrity,
  STUN_HEADER_BYTES,
} from "./binding-request.ts";

const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;

export interface StunAttribute {
  type: number;
  value: Uint8Array;
}

/** A whole message of `type` (class and method), integrity and fingerprint included. */
export function writeStun(
  type: number,
  transactionId: Uint8Array,
  attributes: readonly StunAttribute[],
  password: string,
): Buffer {
  const header = Buffer.alloc(STUN_HEADER_BYTES);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  header.set(transactionId, 8);
  const body = Buffer.concat([header, ...attributes.map(writeAttribute)]);
  const integrity = writeAttribute({
    type: attribute.messageIntegrity,
    value: messageIntegrity(body, password),
  });
  const signed = Buffer.concat([body, integrity]);
  // Both checks count the message's length up to and including their own attribute.
  signed.writeUInt16BE(signed.length + 8 - STUN_HEADER_BYTES, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(signed) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([signed, writeAttribute({ type: attribute.fingerprint, value: fingerprint })]);
}

/** Tells the sender by which address we see them. */
export function writeBindingSuccess(
  request: BindingRequest,
  source: { address: string; port: number },
  password: string,
): Buffer {
  const id = transactionId(request);
  const value = xorMappedAddress(source.address, source.port, id);
  return writeStun(BINDING_SUCCESS, id, [{ type: attribute.mappedAddressXor, value }], password);
}

/** RFC 8489 §6.3.1.1: 420 names what wasn't understood. Only for requests whose integrity was good. */
export function writeUnknownAttributes(request: BindingRequest, password: string): Buffer {
  const unknown = Buffer.alloc(request.unknownAttributes.length * 2);
  request.unknownAttributes.forEach((type, index) => {
    unknown.writeUInt16BE(type, index * 2);
  });
  const attributes = [
    errorCode(420, "Unknown Attribute"),
    { type: attribute.unknownAttributes, value: unknown },
  ];
  return writeStun(BINDING_ERROR, transactionId(request), attributes, password);
}

/** RFC 8445 §7.3.1.1: a lite node never controls, so the other side must. */
export function writeRoleConflict(request: BindingRequest, password: string): Buffer {
  return writeStun(BINDING_ERROR, transactionId(request), [errorCode(487, "Role Conflict")], password);
}

const transactionId = ({ bytes }: BindingRequest): Buffer => bytes.subarray(8, STUN_HEADER_BYTES);

function writeAttribute({ type, value }: StunAttribute): Buffer {
  const bytes = Buffer.alloc(4 + value.length + (-value.length & 3));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

function errorCode(code: number, reason: string): StunAttribute {
  const value = Buffer.concat([
    Buffer.from([0, 0, Math.floor(code / 100), code % 100]),
    Buffer.from(reason, "latin1"),
  ]);
  return { type: attribute.errorCode, value };
}

/** RFC 8489 §14.2: the address XORed with magic cookie and transaction id. */
function xorMappedAddress(address: string, port: number, id: Uint8Array): Buffer {
  const bytes = addressBytes(address);
  const value = Buffer.alloc(4 + bytes.length);
  value[1] = bytes.length === 4 ? 1 : 2;
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE);
  mask.set(id, 4);
  for (const [index, byte] of bytes.entries()) value[4 + index] = byte ^ (mask[index] ?? 0);
  return value;
}

function addressBytes(address: string): Uint8Array {
  if (!isIPv6(address)) return Uint8Array.from(address.split("."), Number);
  const bytes = Buffer.alloc(16);
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const front = groups(head);
  const back = groups(tail);
  front.forEach((group, index) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  });
  back.forEach((group, index) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16), 16 - (back.length - index) * 2);
  });
  return bytes;
}
