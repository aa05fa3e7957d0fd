/**
 * Where every packet from the network comes in. What it can't attribute to a peer it drops and counts, with no
 * answer and no change of state: the only thing that a stranger gets is silence.
 */
import { DropCounters } from "./drop-counters.ts";
import { packetKind } from "./packet-kind.ts";
import type { Path } from "./path.ts";
import type { Peer } from "./peer.ts";
import { type BindingRequest, hasIntegrity, parseBindingRequest } from "./stun/binding-request.ts";
import { answeredTransaction } from "./stun/consent.ts";
import { writeBindingSuccess, writeRoleConflict, writeUnknownAttributes } from "./stun/stun-writer.ts";

const PACKET_BYTES_MAX = 1_500;
/** A bug that every packet of a flood brings about is told this often. */
const BUG_INTERVAL_MS = 1_000;

export class Gate {
  readonly drops = new DropCounters();
  readonly #peers = new Map<string, Peer>();
  readonly #onBug: (error: unknown) => void;
  #toldOfBugAtMs = Number.NEGATIVE_INFINITY;

  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug;
  }

  get size(): number {
    return this.#peers.size;
  }

  peers(): Iterable<Peer> {
    return this.#peers.values();
  }

  add(peer: Peer): void {
    this.#peers.set(peer.credentials.ufrag, peer);
  }

  remove(peer: Peer): void {
    this.#peers.delete(peer.credentials.ufrag);
  }

  /** A bug of ours that a packet brings about costs that packet, and not everybody's calls. */
  receive(packet: Buffer, path: Path, nowMs: number): void {
    try {
      this.#route(packet, path, nowMs);
    } catch (error) {
      this.drops.count("internal_error");
      if (nowMs - this.#toldOfBugAtMs < BUG_INTERVAL_MS) return;
      this.#toldOfBugAtMs = nowMs;
      this.#onBug(error);
    }
  }

  #route(packet: Buffer, path: Path, nowMs: number): void {
    if (packet.length > PACKET_BYTES_MAX) return this.drops.count("too_large");
    const kind = packetKind(packet);
    if (kind === undefined) return this.drops.count(packet.length === 0 ? "empty" : "kind_unknown");
    path.received(packet.length);
    const { peer } = path;
    if (peer && !peer.admits(nowMs)) return this.drops.count("rate_limited");
    if (kind === "stun") return this.#stun(packet, path, nowMs);
    if (!peer) return this.drops.count("source_unknown");
    if (kind === "rtp") peer.receiveRtp(packet, nowMs);
    else if (kind === "rtcp") peer.receiveRtcp(packet, nowMs);
    else peer.receiveDtls(packet, nowMs);
  }

  #stun(packet: Buffer, path: Path, nowMs: number): void {
    const transactionId = path.peer && answeredTransaction(packet);
    if (!path.peer || !transactionId) return this.#check(packet, path, nowMs);
    if (!path.peer.answered(packet, transactionId, path)) this.drops.count("stun_not_a_request");
  }

  /** A connectivity check (RFC 8445 §7.3). Only the one whom the offer's answer went to knows the password. */
  #check(packet: Buffer, path: Path, nowMs: number): void {
    const request = parseBindingRequest(packet);
    if (typeof request === "string") return this.drops.count(request);
    const peer = this.#peers.get(request.localUfrag);
    if (!peer || peer.remoteUfrag !== request.remoteUfrag) return this.drops.count("stun_unknown_ufrag");
    const { password } = peer.credentials;
    if (!hasIntegrity(request, password)) return this.drops.count("stun_bad_integrity");
    // Whoever has a place of their own could otherwise take over somebody else's address with a forged source.
    if (path.peer && path.peer !== peer) return this.drops.count("tuple_taken");
    const refusal = refusalOf(request, password);
    if (refusal) {
      this.drops.count("stun_refused");
      return void path.sendOnTrust(refusal);
    }
    if (!path.peer) path.attach(peer);
    // It is shorter than three requests, so that one who asks is always answered.
    path.sendOnTrust(writeBindingSuccess(request, path, password));
    peer.checked(path, request, nowMs);
  }
}

function refusalOf(request: BindingRequest, password: string): Buffer | undefined {
  if (request.unknownAttributes.length > 0) return writeUnknownAttributes(request, password);
  return request.claimsControlled ? writeRoleConflict(request, password) : undefined;
}
