/**
 * How long datagrams wait at a socket until they are read: the socket sends one to itself, which comes in behind
 * all that wait there. Nothing else tells a thread that can't keep up: it takes a few dozen datagrams a turn, so that
 * its timers stay punctual and its loop may be busy all the time, with or without a queue in the kernel that grows.
 */
import { randomBytes } from "node:crypto";

const TOKEN_BYTES = 16;
const PROBE_BYTES = TOKEN_BYTES + 4;
/** Not the first byte of anything that comes to a media port (RFC 7983 §7). */
const FIRST_BYTE = 0xff;
/** What hasn't come by now was thrown away: the socket's buffer was full. */
const LOST_MS = 150;
/** Even through a full buffer one in many comes. Where none does, something keeps the socket from itself. */
const UNREACHABLE_MS = 3_000;

export class ReceiveProbe {
  readonly #send: (datagram: Buffer) => void;
  /** Nobody else can know it, so that nobody can answer in the kernel's place. */
  readonly #datagram = Buffer.concat([Buffer.from([FIRST_BYTE]), randomBytes(PROBE_BYTES - 1)]);
  #number = 0;
  #isOut = false;
  #sentAtMs = 0;
  /** When the first one was sent of those that haven't come. */
  #missingSinceMs = 0;
  #hasReturned = false;
  #leastMs = Number.POSITIVE_INFINITY;

  constructor(send: (datagram: Buffer) => void) {
    this.#send = send;
  }

  /** Sends one, unless the last is still on its way. */
  probe(nowMs: number): void {
    if (this.#isOut && nowMs - this.#sentAtMs < LOST_MS) return;
    // After a pause, too: nobody awaited one then.
    if (!this.#isOut || nowMs - this.#sentAtMs >= 2 * LOST_MS) this.#missingSinceMs = nowMs;
    this.#isOut = true;
    this.#sentAtMs = nowMs;
    this.#number = (this.#number + 1) >>> 0;
    this.#datagram.writeUInt32BE(this.#number, TOKEN_BYTES);
    // Of its own: this one may still wait for the kernel when the next one is written.
    this.#send(Buffer.from(this.#datagram));
  }

  /** Whether this socket sent it. */
  isOwn(datagram: Buffer): boolean {
    return (
      datagram.length === PROBE_BYTES &&
      datagram.compare(this.#datagram, 0, TOKEN_BYTES, 0, TOKEN_BYTES) === 0
    );
  }

  /** False for a datagram that is somebody else's; else how long it waited is in the next `takeLeastMs`. */
  receive(datagram: Buffer, nowMs: number): boolean {
    if (!this.isOwn(datagram)) return false;
    if (!this.#isOut || datagram.readUInt32BE(TOKEN_BYTES) !== this.#number) return true;
    this.#isOut = false;
    this.#hasReturned = true;
    this.#leastMs = Math.min(this.#leastMs, nowMs - this.#sentAtMs);
    return true;
  }

  /**
   * The shortest wait since the last call, in ms, or for how long none has come. A burst makes some wait, a queue
   * that stands makes all of them wait (RFC 8289 §3.2). 0 where none was sent, or where none returns at all: a
   * firewall may keep a machine from itself.
   */
  takeLeastMs(nowMs: number): number {
    const leastMs = this.#leastMs;
    this.#leastMs = Number.POSITIVE_INFINITY;
    if (leastMs !== Number.POSITIVE_INFINITY) return leastMs;
    const isAwaited = this.#isOut && nowMs - this.#sentAtMs < 2 * LOST_MS;
    const missingMs = isAwaited ? nowMs - this.#missingSinceMs : 0;
    if (missingMs > UNREACHABLE_MS) this.#hasReturned = false;
    return this.#hasReturned ? missingMs : 0;
  }
}
