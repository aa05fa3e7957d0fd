/**
 * The paths that one client was authenticated on, which of them it has chosen, and which has proved to be its own.
 * The handshake goes to the chosen one, voice only to a proven one: who knows a password can forge a check from
 * anybody's address, but can't answer there to a request that was sent there (RFC 7675 §4: consent is a path's own).
 */
import { randomBytes } from "node:crypto";
import { CONSENT_MS_MAX } from "@parley/contract/limits";
import type { Path } from "./path.ts";

/** RFC 7675 §5.1: consent that was not renewed is over; whose the address is then, only a new answer tells. */
const PROOF_MS_MAX = CONSENT_MS_MAX;
/** A client checks a few addresses of ours from a few of its own. */
const PATHS_MAX = 8;
/** A chosen path that was silent this long gives way. Consent is renewed each 4–6 s (RFC 7675 §5.1). */
const STALE_MS = 8_000;
/**
 * RFC 5245 §8.1.1.1 lets a client nominate each path as it is checked, and then the one of highest priority counts.
 * Once that is over, a nomination is a change of mind.
 */
const NOMINATION_MS = 3_000;
const TRANSACTION_BYTES = 12;

export interface PathSelectionEvents {
  /** A request must go out on a path, so that the client can prove that it hears there. */
  onAsk(path: Path, transactionId: Buffer): void;
  onEvicted(): void;
  /** Where voice may go is another path now, or none. */
  onProven(path: Path | undefined): void;
}

export class PathSelection {
  readonly #events: PathSelectionEvents;
  /** With what each is asked; repetitions are the same transaction, so that a late answer counts. */
  readonly #paths = new Map<Path, Buffer>();
  #chosen: Path | undefined;
  #proven: Path | undefined;
  #nominatedAtMs: number | undefined;

  constructor(events: PathSelectionEvents) {
    this.#events = events;
  }

  /** Where the client wants to be sent to; undefined before the first check. */
  get chosen(): Path | undefined {
    return this.#chosen;
  }

  /** Where voice may go: the path that was chosen last of those on which the client has answered. */
  get proven(): Path | undefined {
    return this.#proven;
  }

  /** An authenticated check came, of this PRIORITY (RFC 8445 §7.1.1). */
  checked(path: Path, priority: number, nominated: boolean, nowMs: number): void {
    if (!this.#paths.has(path)) this.#add(path);
    else if (nowMs - path.checkedAtMs > PROOF_MS_MAX) this.#distrust(path);
    path.checkedAtMs = nowMs;
    path.priority = priority;
    if (this.#takesOver(path, nominated, nowMs)) this.#choose(path);
    if (nominated && path === this.#chosen) this.#nominatedAtMs ??= nowMs;
    if (path === this.#chosen) this.ask();
  }

  /** Asks the client once more to prove its chosen path, where it hasn't. */
  ask(): void {
    const transactionId = this.#chosen && this.#paths.get(this.#chosen);
    if (this.#chosen && transactionId && !this.#chosen.isProven)
      this.#events.onAsk(this.#chosen, transactionId);
  }

  /** An answer came on a path. Is it one to what was asked there? */
  expects(path: Path, transactionId: Buffer): boolean {
    return this.#paths.get(path)?.equals(transactionId) ?? false;
  }

  /** The client has answered on a path. */
  proved(path: Path): void {
    path.isProven = true;
    if (path === this.#chosen) this.#prove(path);
  }

  /** Sends nothing more to a path that had no check of its own for so long. */
  expire(nowMs: number, consentMsMax: number): void {
    for (const path of [...this.#paths.keys()])
      if (path.isProven && nowMs - path.checkedAtMs > consentMsMax) this.#distrust(path);
  }

  /** The network took a path away. */
  lost(path: Path): void {
    this.#paths.delete(path);
    if (this.#proven === path) this.#prove(undefined);
    if (this.#chosen !== path) return;
    this.#chosen = undefined;
    const livest = this.#byAge().at(-1);
    if (livest) this.#choose(livest);
  }

  close(): void {
    for (const path of [...this.#paths.keys()]) path.close();
    this.#paths.clear();
    this.#chosen = undefined;
    this.#prove(undefined);
  }

  #takesOver(path: Path, nominated: boolean, nowMs: number): boolean {
    if (!this.#chosen || nowMs - this.#chosen.checkedAtMs > STALE_MS) return true;
    if (!nominated || path === this.#chosen) return false;
    const isSettled = this.#nominatedAtMs === undefined || nowMs - this.#nominatedAtMs > NOMINATION_MS;
    return isSettled || path.priority >= this.#chosen.priority;
  }

  #choose(path: Path): void {
    this.#chosen = path;
    if (path.isProven) this.#prove(path);
  }

  #prove(path: Path | undefined): void {
    this.#proven = path;
    this.#events.onProven(path);
  }

  #add(path: Path): void {
    if (this.#paths.size === PATHS_MAX) {
      this.#events.onEvicted();
      this.#byAge()
        .find((each) => each !== this.#chosen && each !== this.#proven)
        ?.close();
    }
    this.#paths.set(path, randomBytes(TRANSACTION_BYTES));
  }

  /** Asks anew: an answer to the old question may have been kept. */
  #distrust(path: Path): void {
    path.isProven = false;
    this.#paths.set(path, randomBytes(TRANSACTION_BYTES));
    if (this.#proven === path) this.#prove(undefined);
  }

  /** The one checked longest ago first. */
  #byAge(): Path[] {
    return [...this.#paths.keys()].sort((a, b) => a.checkedAtMs - b.checkedAtMs);
  }
}
