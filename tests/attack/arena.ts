/** Where attacks happen: a server in another process, members who talk with keys made here, and its counters. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { JoinTokenClaims } from "@parley/contract/join";
import * as JoinToken from "@parley/functions/domain/join-token";
import { importKeys, type SigningKeys } from "@parley/functions/keys";
import { createDtlsIdentity, type DtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import type { ScriptedClientOptions } from "@parley/media-node/rtc/testing/scripted-client";
import { logIn } from "../support/api.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { SignalClient } from "../support/signal-client.ts";
import { enterRoom, joinRoom, type VoiceMember } from "../support/voice-member.ts";
import type { Edit } from "./mutation.ts";
import type { Vitals } from "./target.ts";

const TARGET = resolve(import.meta.dirname, "target.ts");
const MUTATED_TARGET = resolve(import.meta.dirname, "mutated-target.ts");

export type Claims = Omit<JoinTokenClaims, "jti" | "exp">;

export interface TokenChanges extends Partial<Claims> {
  nodeId?: string;
  /** When the token was signed; a minute ago is expired. */
  signedAt?: Date;
}

type Lies = Omit<ScriptedClientOptions, "identity">;

export class Arena {
  readonly origin: string;
  readonly port: number;
  readonly identity: DtlsIdentity;
  /** Rejects when the server ends by itself. */
  readonly died: Promise<never>;
  readonly #child: ChildProcess;
  readonly #keys: SigningKeys;
  readonly #claims: Claims;
  readonly #bootEpoch: number;
  readonly #removeData: () => Promise<void>;
  #people = 0;

  /** `edits` take guards of the server away. */
  static async open(edits: readonly Edit[] = []): Promise<Arena> {
    const scratch = await scratchDirectory();
    const [script, args] = edits.length > 0 ? [MUTATED_TARGET, [JSON.stringify(edits)]] : [TARGET, []];
    const child = fork(script, args, {
      execArgv: ["--expose-gc"],
      env: { ...process.env, NODE_ENV: "", PORT: "0", HOST: "127.0.0.1", DATA_DIR: scratch.path },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const died = once(child, "exit").then(([code, signal]) => {
      throw new Error(`the server ended with ${code ?? signal}`);
    });
    // Whoever isn't waiting for it learns of it later.
    died.catch(() => {});
    const [{ port }] = (await Promise.race([once(child, "message"), died])) as [{ port: number }];
    const keys = await importKeys(JSON.parse(await readFile(join(scratch.path, "keys.json"), "utf8")));
    const { token } = await (await logIn(`http://localhost:${port}`, "alice")).join("Lobby");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return new Arena(port, child, died, keys, claims, await createDtlsIdentity(), scratch.remove);
  }

  private constructor(
    port: number,
    child: ChildProcess,
    died: Promise<never>,
    keys: SigningKeys,
    token: Claims & { aud: string },
    identity: DtlsIdentity,
    removeData: () => Promise<void>,
  ) {
    this.port = port;
    this.origin = `http://localhost:${port}`;
    this.#child = child;
    this.died = died;
    this.#keys = keys;
    const { sub, sid, org, ch, name, fence, perm, pv, limit } = token;
    this.#claims = { sub, sid, org, ch, name, fence, perm, pv, limit };
    this.#bootEpoch = Number(token.aud.split(":")[2]);
    this.identity = identity;
    this.#removeData = removeData;
  }

  /** A join token for a room of one's own choice, as the control plane would sign it. */
  async token(changes: TokenChanges = {}): Promise<string> {
    const { nodeId = "standalone", signedAt = new Date(), ...claims } = changes;
    const node = { id: nodeId as never, bootEpoch: this.#bootEpoch };
    // Somebody new each time: a person who joins twice is a matter of its own.
    const sub = `${this.#claims.sub.slice(0, -6)}${String(++this.#people).padStart(6, "0")}` as Claims["sub"];
    const merged = { ...this.#claims, sub, ...claims };
    return (await JoinToken.sign(this.#keys.join, node, merged, signedAt)).token;
  }

  /** A socket that has said nothing yet. */
  async signal(options: { origin?: string } = {}): Promise<SignalClient> {
    const signal = new SignalClient(this.origin, options);
    await signal.opened();
    return signal;
  }

  /** Says hello and is in the room; media isn't connected yet. */
  async enter(changes: TokenChanges = {}, options: Lies = {}): Promise<VoiceMember> {
    const { origin, identity } = this;
    return enterRoom({ origin, identity, token: await this.token(changes), ...options });
  }

  /** In the room and connected. */
  async join(changes: TokenChanges = {}, options: Lies = {}): Promise<VoiceMember> {
    const { origin, identity } = this;
    return joinRoom({ origin, identity, token: await this.token(changes), ...options });
  }

  vitals(): Promise<Vitals> {
    const answered = once(this.#child, "message");
    this.#child.send("vitals");
    return answered.then(([vitals]) => vitals);
  }

  /** A counter of /metrics; with a reason, that one of the dropped packets. */
  async counter(reason: string): Promise<number> {
    const text = await (await fetch(`${this.origin}/metrics`)).text();
    const name = reason.startsWith("parley_")
      ? reason
      : `parley_media_dropped_packets_total{reason="${reason}"}`;
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
    if (!line) throw new Error(`/metrics has no ${name}`);
    return Number(line.slice(name.length + 1));
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.send("stop");
    await this.died.catch(() => {});
    await this.#removeData();
  }
}
