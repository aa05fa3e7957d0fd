/** A media node: joins signalling, transports, rooms and the directory. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { AuthorizationFeed } from "@parley/contract/authorization-feed";
import { AppError } from "@parley/contract/errors";
import type { NodeId, OrganizationId } from "@parley/contract/ids";
import { type JoinTokenClaims, nodeAudience } from "@parley/contract/join";
import {
  PARTICIPANTS_PER_ROOM_MAX,
  SIGNAL_SOCKETS_WAITING_MAX,
  TRANSPORT_CONNECT_MS_MAX,
  VOICES_PER_LISTENER,
} from "@parley/contract/limits";
import type { NodeDirectory, NodeRecord } from "@parley/contract/node-directory";
import { BYPASS_LIMIT, has } from "@parley/contract/permissions";
import { SIGNAL_PATH } from "@parley/contract/signal";
import type { JSONWebKeySet } from "jose";
import { AuthorizationWatch } from "./cluster/authorization-watch.ts";
import { Presence } from "./cluster/presence.ts";
import { ParticipantSession } from "./participant-session.ts";
import { RoomSession } from "./room-session.ts";
import { weriftTransportFactory } from "./rtc/werift-transport.ts";
import { JoinTokenVerifier } from "./signal/join-token.ts";
import { SignalServer } from "./signal/signal-server.ts";

export interface MediaNodeOptions {
  id: NodeId;
  region: string;
  /** Where clients find the signalling; a path alone means the origin that they asked. */
  url?: string;
  /** IP or host name for ICE candidates; undefined offers the interfaces and the client's own Host. */
  publicAddress?: string | undefined;
  allowedOrigins?: readonly string[];
  directory: NodeDirectory;
  /** What was decided about rights since a call began. */
  authorization: AuthorizationFeed;
  fetchKeys: () => Promise<JSONWebKeySet>;
  logger: { error(details: object, message: string): void };
}

export interface MediaNode {
  start(): Promise<void>;
  /** Tells everyone why, closes every call and leaves the directory. */
  stop(): Promise<void>;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  record(): NodeRecord;
}

export function createMediaNode(options: MediaNodeOptions): MediaNode {
  const bootEpoch = Date.now();
  const rooms = new Map<string, RoomSession>();
  const sessions = new Set<ParticipantSession>();
  /** Those of the sessions that have not entered a room yet. */
  const waiting = new Set<ParticipantSession>();
  let state: NodeRecord["state"] = "starting";

  const logBug = (error: unknown) => options.logger.error({ err: error }, "a bug in the media node");
  const record = (): NodeRecord => ({
    id: options.id,
    bootEpoch,
    region: options.region,
    url: options.url ?? SIGNAL_PATH,
    state,
    participants: [...rooms.values()].reduce((sum, room) => sum + room.size, 0),
  });
  const presence = new Presence(
    options.directory,
    { id: options.id, record, present: (organizationId) => presentIn(rooms.values(), organizationId) },
    (error) => options.logger.error({ err: error }, "the directory can't be reached"),
  );
  const authorization = new AuthorizationWatch({
    feed: options.authorization,
    calls: () => [...sessions].flatMap(({ call }) => call ?? []),
    onError: (error) => options.logger.error({ err: error }, "changes of rights can't be read"),
  });
  const tokens = new JoinTokenVerifier({
    audience: nodeAudience(options.id, bootEpoch),
    fetchKeys: options.fetchKeys,
    now: () => new Date(),
  });
  const transports = weriftTransportFactory({
    publicAddress: options.publicAddress,
    voices: VOICES_PER_LISTENER,
    connectMsMax: TRANSPORT_CONNECT_MS_MAX,
  });
  const signal = new SignalServer({
    allowedOrigins: options.allowedOrigins ?? [],
    closedBecause: () => {
      if (state !== "ready") return "shutting_down";
      return waiting.size >= SIGNAL_SOCKETS_WAITING_MAX ? "unavailable" : undefined;
    },
    onConnection: (webSocket, host) => {
      const session = new ParticipantSession(webSocket, host, {
        verify: (token) => tokens.verify(token),
        accept: (sdp, reachedBy, owner) =>
          transports.accept(sdp, reachedBy, {
            onPacket: (packet) => owner.packetArrived(packet),
            onLost: () => owner.transportLost(),
          }),
        enter: (claims) => {
          authorization.assertAdmits(claims);
          return enter(rooms, claims);
        },
        changed: (room) => {
          if (room.size === 0) closeRoom(rooms, room);
          presence.changed(room.organizationId);
        },
        entered: (entered) => {
          waiting.delete(entered);
          if (entered.call) authorization.entered(entered.call);
        },
        ended: (ended) => {
          waiting.delete(ended);
          sessions.delete(ended);
        },
        logBug,
      });
      sessions.add(session);
      waiting.add(session);
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
      for (const session of [...sessions]) session.fail("shutting_down");
      await authorization.stop();
      await signal.drain(CLOSE_MS_MAX);
      await presence.stop();
    },
    handleUpgrade: (request, socket, head) => signal.handleUpgrade(request, socket, head),
    record,
  };
}

/** How long a stopping node waits for clients to answer that their sockets close. */
const CLOSE_MS_MAX = 3_000;

const roomKey = (ids: { org: string; ch: string }) => `${ids.org}/${ids.ch}`;

function enter(rooms: Map<string, RoomSession>, claims: JoinTokenClaims): RoomSession {
  const known = rooms.get(roomKey(claims));
  if (known && claims.fence < known.fence) throw new AppError("moved");
  const bypasses = has(BigInt(claims.perm), BYPASS_LIMIT);
  const ownLimit = claims.limit > 0 && !bypasses ? claims.limit : PARTICIPANTS_PER_ROOM_MAX;
  const limit = Math.min(ownLimit, PARTICIPANTS_PER_ROOM_MAX);
  if (known && known.size >= limit) throw new AppError("channel_full");
  if (known) {
    known.fence = claims.fence;
    return known;
  }
  const room = new RoomSession({
    organizationId: claims.org,
    channelId: claims.ch,
    fence: claims.fence,
    voices: VOICES_PER_LISTENER,
  });
  rooms.set(roomKey(claims), room);
  return room;
}

function closeRoom(rooms: Map<string, RoomSession>, room: RoomSession): void {
  room.close();
  rooms.delete(roomKey({ org: room.organizationId, ch: room.channelId }));
}

function presentIn(rooms: Iterable<RoomSession>, organizationId: OrganizationId) {
  return [...rooms]
    .filter((room) => room.organizationId === organizationId)
    .flatMap((room) =>
      room.participants().map((participant) => ({
        channelId: room.channelId,
        participantId: participant.id,
        userId: participant.userId,
        name: participant.name,
        muted: participant.muted,
      })),
    );
}
