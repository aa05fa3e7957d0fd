/** Where attacks happen: a server in another process, members who talk with keys made here, and its counters. */
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
import type { NodeTargetReady } from "./node-target.ts";
import { Target } from "./target-process.ts";
import type { Vitals } from "./vitals.ts";

const TARGET = resolve(import.meta.dirname, "target.ts");
const MUTATED_TARGET = resolve(import.meta.dirname, "mutated-target.ts");
const NOBODY = "01890000-0000-7000-8000-000000000000";

export type Claims = Omit<JoinTokenClaims, "jti" | "exp">;

export interface TokenChanges extends Partial<Claims> {
  nodeId?: string;
  /** When the token was signed; a minute ago is expired. */
  signedAt?: Date;
  /** Whose keys sign it. */
  ring?: "access" | "join";
}

type Lies = Omit<ScriptedClientOptions, "identity">;

interface ArenaOptions {
  target: Target<unknown>;
  port: number;
  keys: Pick<SigningKeys, "access" | "join">;
  claims: Claims;
  bootEpoch: number;
  identity: DtlsIdentity;
  cleanUp(): Promise<void>;
}

export class Arena {
  readonly origin: string;
  readonly port: number;
  readonly identity: DtlsIdentity;
  readonly #options: ArenaOptions;
  #people = 0;

  /** The whole product. */
  static async open(): Promise<Arena> {
    const scratch = await scratchDirectory();
    const env = { NODE_ENV: "", PORT: "0", HOST: "127.0.0.1", DATA_DIR: scratch.path };
    const target = await Target.start<{ port: number }>(TARGET, [], env);
    const { port } = target.ready;
    const keys = await importKeys(JSON.parse(await readFile(join(scratch.path, "keys.json"), "utf8")));
    const { token } = await (await logIn(`http://localhost:${port}`, "alice")).join("Lobby");
    const { sub, sid, org, ch, name, fence, perm, pv, limit, aud } = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
    );
    const claims: Claims = { sub, sid, org, ch, name, fence, perm, pv, limit };
    const bootEpoch = Number(aud.split(":")[2]);
    const identity = await createDtlsIdentity();
    return new Arena({ target, port, keys, claims, bootEpoch, identity, cleanUp: scratch.remove });
  }

  /** A media node without the guards that `edits` take away. */
  static async openNode(edits: readonly Edit[]): Promise<Arena> {
    const target = await Target.start<NodeTargetReady>(MUTATED_TARGET, [JSON.stringify(edits)], {});
    const { port, bootEpoch } = target.ready;
    const ids = { sub: NOBODY, sid: NOBODY, org: NOBODY, ch: NOBODY };
    const claims = { ...ids, name: "somebody", fence: 1, perm: "31", pv: 0, limit: 0 } as unknown as Claims;
    return new Arena({
      target,
      port,
      keys: await importKeys(target.ready.keys),
      claims,
      bootEpoch,
      identity: await createDtlsIdentity(),
      cleanUp: async () => {},
    });
  }

  private constructor(options: ArenaOptions) {
    this.port = options.port;
    this.origin = `http://localhost:${options.port}`;
    this.identity = options.identity;
    this.#options = options;
  }

  /** Rejects when the server ends by itself. */
  get died(): Promise<never> {
    return this.#options.target.died;
  }

  /** A join token for a room of one's own choice, as the control plane would sign it. */
  async token(changes: TokenChanges = {}): Promise<string> {
    const { nodeId = "standalone", signedAt = new Date(), ring = "join", ...claims } = changes;
    const node = { id: nodeId as never, bootEpoch: this.#options.bootEpoch };
    // Somebody new each time: a person who joins twice is a matter of its own.
    const sub =
      `${this.#options.claims.sub.slice(0, -6)}${String(++this.#people).padStart(6, "0")}` as Claims["sub"];
    const merged = { ...this.#options.claims, sub, ...claims };
    return JoinToken.sign(this.#options.keys[ring], node, merged, signedAt).token;
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
    return this.#options.target.vitals();
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
    await this.#options.target.stop();
    await this.#options.cleanUp();
  }
}
