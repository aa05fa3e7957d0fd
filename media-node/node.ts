/** A media node: joins signalling, transports, rooms and the directory. */
import type { IncomingMessage } from "node:http";
import type { Socket as TcpSocket } from "node:net";
import type { Duplex } from "node:stream";
import type { AuthorizationFeed } from "@parley/contract/authorization-feed";
import type { NodeId } from "@parley/contract/ids";
import { nodeAudience } from "@parley/contract/join";
import {
  PEERS_PER_NODE_MAX,
  SIGNAL_SOCKETS_WAITING_MAX,
  SIGNAL_SOCKETS_WAITING_SHARE_MAX,
  VOICES_PER_LISTENER,
} from "@parley/contract/limits";
import type { NodeDirectory, NodeRecord } from "@parley/contract/node-directory";
import { SIGNAL_PATH } from "@parley/contract/signal";
import { AuthorizationWatch } from "./cluster/authorization-watch.ts";
import { Presence } from "./cluster/presence.ts";
import { WaitingList } from "./core/waiting-list.ts";
import { isPrivate, networkOf } from "./network-of.ts";
import { createNodeMetrics, type NodeMetrics } from "./node-metrics.ts";
import { ParticipantSession } from "./participant-session.ts";
import type { BoundPort } from "./port/bound-port.ts";
import { Rooms } from "./rooms.ts";
import { createDtlsIdentity } from "./rtc/dtls/dtls-identity.ts";
import { HostAddresses } from "./rtc/host-addresses.ts";
import { JoinTokenVerifier } from "./signal/join-token.ts";
import { SignalServer } from "./signal/signal-server.ts";
import type { KeySet } from "./signal/token-keys.ts";
import { LocalThread } from "./threads/local-thread.ts";
import { SteadyCounts } from "./threads/steady-counts.ts";
import { addCounts, type ThreadCounts } from "./threads/thread-counts.ts";
import type { VoiceThread } from "./threads/voice-thread.ts";
import { WorkerThread, type WorkerThreadEvents } from "./threads/worker-thread.ts";

export interface MediaNodeOptions {
  id: NodeId;
  region: string;
  /** Media goes by its UDP socket, and by those of its TCP connections that are given to `acceptIceTcp`. */
  port: BoundPort;
  /** The address that the port is bound to; undefined is every one. */
  listenHost?: string | undefined;
  /** Where clients find the signalling; a path alone means the origin that they asked. */
  url?: string;
  /** IP or host name for ICE candidates; undefined offers the interfaces and the client's own Host. */
  publicAddress?: string | undefined;
  /** Host names under which this service is known; others are looked up for strangers only with care. */
  ownNames?: readonly string[];
  /**
   * Threads that carry voice, each on a port of its own: the node's port + 1 and so on, or any where the system chose
   * that one. 0, the default, leaves it to the node's own thread and port.
   */
  workers?: number | undefined;
  /** How many are heard at once; VOICES_PER_LISTENER, which clients ask for, where it isn't told. */
  voicesPerListener?: number | undefined;
  /** Further people are refused with `node_full`. */
  participantsMax?: number | undefined;
  allowedOrigins?: readonly string[];
  directory: NodeDirectory;
  /** What was decided about rights since a call began. */
  authorization: AuthorizationFeed;
  fetchKeys: () => Promise<KeySet>;
  logger: { error(details: object, message: string): void };
}

export interface MediaNode {
  start(): Promise<void>;
  /** Tells everyone why, closes every call and leaves the directory. */
  stop(): Promise<void>;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** A TCP connection that speaks framed STUN (RFC 6544); `head` is what was read of it. */
  acceptIceTcp(socket: TcpSocket, head: Buffer): void;
  record(): NodeRecord;
  /** What its threads have counted since the start, together. */
  counts(): Promise<ThreadCounts>;
  /** What the node counts, in Prometheus' text format. */
  metrics: NodeMetrics;
}

export async function createMediaNode(options: MediaNodeOptions): Promise<MediaNode> {
  const bootEpoch = Date.now();
  const sessions = new Map<number, ParticipantSession>();
  let stays = 0;
  /** Those of the sessions that have not brought a good token yet. */
  const waiting = new WaitingList<ParticipantSession>(
    SIGNAL_SOCKETS_WAITING_MAX,
    SIGNAL_SOCKETS_WAITING_SHARE_MAX,
    (session) => {
      metrics.refusedConnections.inc({ reason: "signal_waiting_full" });
      session.fail("unavailable");
    },
  );
  let state: NodeRecord["state"] = "starting";

  const logBug = (error: unknown) => options.logger.error({ err: error }, "a bug in the media node");
  const record = (): NodeRecord => ({
    id: options.id,
    bootEpoch,
    region: options.region,
    url: options.url ?? SIGNAL_PATH,
    state,
    participants: rooms.participants,
  });
  const presence = new Presence(
    options.directory,
    { id: options.id, record, present: (organizationId) => rooms.present(organizationId) },
    (error) => options.logger.error({ err: error }, "the directory can't be reached"),
  );
  const authorization = new AuthorizationWatch({
    feed: options.authorization,
    calls: () => [...sessions.values()].flatMap(({ call }) => call ?? []),
    onError: (error) => options.logger.error({ err: error }, "changes of rights can't be read"),
  });
  const tokens = new JoinTokenVerifier({
    audience: nodeAudience(options.id, bootEpoch),
    fetchKeys: options.fetchKeys,
    now: () => new Date(),
  });
  const threads: VoiceThread[] = [];
  const steadyCounts: SteadyCounts[] = [];
  const metrics = createNodeMetrics(() => countsOf(steadyCounts));
  const rooms = new Rooms({
    threads,
    participantsMax: options.participantsMax ?? PEERS_PER_NODE_MAX,
  });
  const events: WorkerThreadEvents = {
    onMessage(stays, message) {
      const text = JSON.stringify(message);
      for (const stay of stays) sessions.get(stay)?.sendText(text);
    },
    onLost: (stay) => sessions.get(stay)?.transportLost(),
    onConnected: (handshakeMs) => metrics.handshakeMs.observe(handshakeMs),
    onBug: logBug,
    onConnectionRefused: (reason) => metrics.refusedConnections.inc({ reason }),
  };
  const addresses = await HostAddresses.open({
    publicAddress: options.publicAddress,
    listenHost: options.listenHost,
    ownNames: options.ownNames ?? [],
    onError: (error) => options.logger.error({ err: error }, "media addresses can't be found out"),
  });
  threads.push(...(await openThreads(options, events)));
  steadyCounts.push(...threads.map((thread) => new SteadyCounts(() => thread.counts())));
  const signal = new SignalServer({
    allowedOrigins: options.allowedOrigins ?? [],
    closedBecause: () => (state === "ready" ? undefined : "shutting_down"),
    onRefused: (reason) => metrics.refusedConnections.inc({ reason }),
    onConnection: (webSocket, stream, caller) => {
      const session = new ParticipantSession(++stays, webSocket, stream, {
        verify: async (token) => {
          const claims = await tokens.verify(token);
          waiting.remove(session);
          return claims;
        },
        addresses: () =>
          addresses.for({ host: caller.host, isNear: !caller.isForwarded && isPrivate(caller.address) }),
        place: (claims) => {
          authorization.assertAdmits(claims);
          return rooms.place(claims);
        },
        enter: (room, claims) => {
          // Once more: offers take their time to be answered.
          authorization.assertAdmits(claims);
          rooms.enter(room, claims);
        },
        abandon: (room) => rooms.abandon(room),
        came: (room) => presence.came(room.organizationId),
        leaving: (room) => presence.leaving(room.organizationId),
        changed: (room) => {
          rooms.closeIfEmpty(room);
          presence.changed(room.organizationId);
        },
        entered: (entered) => {
          metrics.joins.inc();
          if (entered.call) authorization.entered(entered.call);
        },
        ended: (ended) => {
          waiting.remove(ended);
          sessions.delete(ended.stay);
        },
        logBug,
      });
      sessions.set(session.stay, session);
      waiting.add(session, networkOf(caller.address));
    },
  });

  return {
    async start() {
      await authorization.start();
      state = "ready";
      await presence.start();
    },
    async stop() {
      state = "stopped";
      for (const session of [...sessions.values()]) session.fail("shutting_down");
      await authorization.stop();
      await signal.drain(CLOSE_MS_MAX);
      for (const thread of threads) await thread.close();
      await presence.stop();
      addresses.close();
    },
    handleUpgrade: (request, socket, head) => signal.handleUpgrade(request, socket, head),
    acceptIceTcp: (socket, head) => threads[0]?.acceptTcp(socket, head),
    record,
    counts: () => countsOf(steadyCounts),
    metrics,
  };
}

/** How long a stopping node waits for clients to answer that their sockets close. */
const CLOSE_MS_MAX = 3_000;

/** Without workers the node's own thread carries the voices, on the node's own port. */
async function openThreads(options: MediaNodeOptions, events: WorkerThreadEvents): Promise<VoiceThread[]> {
  const { port, listenHost, workers = 0, voicesPerListener = VOICES_PER_LISTENER } = options;
  // One for all threads: each would cost 0.15 s and 26 MB to make.
  const identity = await createDtlsIdentity();
  if (workers === 0) return [new LocalThread(port, { identity, voicesPerListener }, events)];
  const threads: VoiceThread[] = [];
  const shared = { listenHost, identity, voicesPerListener };
  // Numbers in a row are for firewalls, whose rules are written for a number that somebody has chosen.
  const portOf = (worker: number) => (port.isChosen ? 0 : port.port + worker);
  try {
    for (let worker = 1; worker <= workers; worker++)
      threads.push(await WorkerThread.open({ ...shared, port: portOf(worker) }, events));
    return threads;
  } catch (cause) {
    for (const thread of threads) await thread.close();
    const worker = threads.length + 1;
    throw new Error(`Port ${portOf(worker)}, for media worker ${worker}, can't be had: ${messageOf(cause)}`, {
      cause,
    });
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const countsOf = async (threads: readonly SteadyCounts[]): Promise<ThreadCounts> => {
  const counts = await Promise.all(threads.map((thread) => thread.now()));
  return addCounts(counts.filter((each) => each !== undefined));
};
