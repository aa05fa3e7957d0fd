/** DTLS 1.2 records (RFC 6347 §4.1), read from a datagram without believing their lengths. */

export const RECORD_HEADER_BYTES = 13;
/** RFC 6347 §4.1 allows 2^14; the gate lets no datagram of more than 1,500 bytes in. */
const FRAGMENT_BYTES_MAX = 1_500;
const RECORDS_PER_DATAGRAM_MAX = 32;

export const DTLS_1_2 = 0xfefd;
export const DTLS_1_0 = 0xfeff;

export const contentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const;

export interface DtlsRecord {
  type: number;
  version: number;
  epoch: number;
  /** 48 bits: exact in a double. */
  sequenceNumber: number;
  fragment: Buffer;
}

/** The whole records at the front of a datagram; `malformed` tells whether something else followed them. */
export function parseRecords(datagram: Buffer): { records: DtlsRecord[]; malformed: boolean } {
  const records: DtlsRecord[] = [];
  let offset = 0;
  while (offset < datagram.length) {
    if (records.length === RECORDS_PER_DATAGRAM_MAX) return { records, malformed: true };
    if (offset + RECORD_HEADER_BYTES > datagram.length) return { records, malformed: true };
    const type = datagram.readUInt8(offset);
    const version = datagram.readUInt16BE(offset + 1);
    const length = datagram.readUInt16BE(offset + 11);
    const start = offset + RECORD_HEADER_BYTES;
    const end = start + length;
    const isKnown = type >= contentType.changeCipherSpec && type <= contentType.applicationData;
    if (!isKnown || version >> 8 !== 0xfe || length > FRAGMENT_BYTES_MAX || end > datagram.length)
      return { records, malformed: true };
    records.push({
      type,
      version,
      epoch: datagram.readUInt16BE(offset + 3),
      sequenceNumber: datagram.readUIntBE(offset + 5, 6),
      fragment: datagram.subarray(start, end),
    });
    offset = end;
  }
  return { records, malformed: false };
}

export function writeRecord(record: DtlsRecord): Buffer {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt8(record.type, 0);
  header.writeUInt16BE(record.version, 1);
  header.writeUInt16BE(record.epoch, 3);
  header.writeUIntBE(record.sequenceNumber, 5, 6);
  header.writeUInt16BE(record.fragment.length, 11);
  return Buffer.concat([header, record.fragment]);
}
