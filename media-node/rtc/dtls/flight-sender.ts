/** Sends flights of handshake messages, and again until the peer answers (RFC 6347 §4.2.4). */
import type { RecordCipher } from "./record-cipher.ts";
import { type OutgoingRecord, RecordOutbox } from "./record-outbox.ts";

/** RFC 6347 §4.2.4.1 starts at 1 s; a person who wants to talk doesn't, and a flight is one small datagram. */
const RETRANSMIT_FIRST_MS = 100;
const RETRANSMIT_MS_MAX = 400;
/** A repeated message of the peer has our last flight sent again, at most this often. */
const REPEAT_MS_MIN = 40;

export class FlightSender {
  readonly #outbox = new RecordOutbox();
  #outgoing: Buffer[] = [];
  #flight: readonly OutgoingRecord[] = [];
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #retransmitMs = RETRANSMIT_FIRST_MS;

  /** From now on records of epoch 1 can be sent. */
  protect(cipher: RecordCipher): void {
    this.#outbox.protect(cipher);
  }

  /** Replaces the flight before it: the peer has answered that. */
  send(flight: readonly OutgoingRecord[], nowMs: number): void {
    this.#flight = flight;
    this.#transmit(nowMs);
  }

  /** The peer repeats itself, so it may not have heard us. */
  repeat(nowMs: number): void {
    if (nowMs - this.#sentAtMs >= REPEAT_MS_MIN) this.#transmit(nowMs);
  }

  /** The peer has not answered yet. */
  tick(nowMs: number): void {
    if (nowMs - this.#sentAtMs < this.#retransmitMs) return;
    this.#retransmitMs = Math.min(this.#retransmitMs * 2, RETRANSMIT_MS_MAX);
    this.#transmit(nowMs);
  }

  alert(epoch: 0 | 1, level: 1 | 2, description: number): void {
    this.#outgoing.push(...this.#outbox.alert(epoch, level, description));
  }

  /** Nothing is repeated any more. */
  end(): void {
    this.#flight = [];
  }

  /** Datagrams to send, in order; each is given once. */
  drain(): Buffer[] {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    return outgoing;
  }

  #transmit(nowMs: number): void {
    this.#sentAtMs = nowMs;
    this.#outgoing.push(...this.#outbox.pack(this.#flight));
  }
}
