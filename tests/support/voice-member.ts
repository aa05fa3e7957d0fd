/** Somebody in a room without a browser: a signalling socket and a scripted media client. */
import type { DtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { ScriptedClient, type ScriptedClientOptions } from "@parley/media-node/rtc/testing/scripted-client";
import { SignalClient } from "./signal-client.ts";

export interface MemberOptions extends Omit<ScriptedClientOptions, "identity"> {
  origin: string;
  token: string;
  identity: DtlsIdentity;
}

export interface VoiceMember {
  signal: SignalClient;
  client: ScriptedClient;
  /** SDP answer of the node. */
  answer: string;
  leave(): Promise<void>;
}

/** Says hello and is in the room; media isn't connected yet. Rejects with `refused: code`. */
export async function enterRoom({ origin, token, ...options }: MemberOptions): Promise<VoiceMember> {
  const client = new ScriptedClient(options);
  const signal = new SignalClient(origin);
  await signal.opened();
  signal.send({ type: "hello", versions: [1], token, offer: client.offer });
  const welcome = await Promise.race([
    signal.next("welcome"),
    signal.next("error").then(({ code }) => Promise.reject(new Error(`refused: ${code}`))),
  ]);
  const pings = setInterval(() => signal.send({ type: "ping", id: 0 }), welcome.pingIntervalMs);
  return {
    signal,
    client,
    answer: welcome.answer,
    async leave() {
      clearInterval(pings);
      client.close();
      signal.socket.terminate();
      await signal.closed;
    },
  };
}

/** In the room and connected. */
export async function joinRoom(options: MemberOptions): Promise<VoiceMember> {
  const member = await enterRoom(options);
  await member.client.accept(member.answer, "127.0.0.1");
  await member.client.connected;
  return member;
}
