/** Numbers, protects and packs records into datagrams. Sequence numbers never repeat within an epoch. */
import { contentType, DTLS_1_2, type DtlsRecord, writeRecord } from "./dtls-record.ts";
import type { RecordCipher } from "./record-cipher.ts";

/** RFC 8445 and RFC 8261 assume at least 1,280 bytes of IPv6; headers take up to 80 of them. */
const DATAGRAM_BYTES_MAX = 1_200;

export interface OutgoingRecord {
  type: number;
  /** 0 in the clear, 1 under the session's keys. */
  epoch: 0 | 1;
  version?: number;
  fragment: Buffer;
}

export class RecordOutbox {
  readonly #nextSequence = [0, 0];
  #cipher: RecordCipher | undefined;

  /** From now on records of epoch 1 can be sent. */
  protect(cipher: RecordCipher): void {
    this.#cipher = cipher;
  }

  pack(records: readonly OutgoingRecord[]): Buffer[] {
    const datagrams: Buffer[][] = [];
    let bytes = DATAGRAM_BYTES_MAX;
    for (const record of records.map((outgoing) => this.#write(outgoing))) {
      if (bytes + record.length > DATAGRAM_BYTES_MAX) {
        datagrams.push([]);
        bytes = 0;
      }
      bytes += record.length;
      datagrams.at(-1)?.push(record);
    }
    return datagrams.map((parts) => Buffer.concat(parts));
  }

  alert(epoch: 0 | 1, level: 1 | 2, description: number): Buffer[] {
    return this.pack([{ type: contentType.alert, epoch, fragment: Buffer.from([level, description]) }]);
  }

  #write({ type, epoch, version = DTLS_1_2, fragment }: OutgoingRecord): Buffer {
    const sequenceNumber = this.#nextSequence[epoch] as number;
    this.#nextSequence[epoch] = sequenceNumber + 1;
    const record: DtlsRecord = { type, version, epoch, sequenceNumber, fragment };
    if (epoch === 0) return writeRecord(record);
    if (!this.#cipher) throw new Error("epoch 1 has no keys yet");
    return writeRecord(this.#cipher.seal(record));
  }
}
