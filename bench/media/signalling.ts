/** How load clients get into the rooms of the servers that are measured. */
import { randomBytes, randomUUID } from "node:crypto";
import { JOIN_TOKEN_TYPE, nodeAudience, TOKEN_ISSUER } from "@parley/contract/join";
import { SIGNAL_PING_INTERVAL_MS } from "@parley/contract/limits";
import { CONNECT, SPEAK, VIEW } from "@parley/contract/permissions";
import { type CryptoKey, importJWK, type JWK, SignJWT } from "jose";
import { WebSocket } from "ws";
import type { Join } from "./voice-load.ts";

const LOOPBACK = "127.0.0.1";

export interface ParleyServer {
  port: number;
  bootEpoch: number;
  /** Signs join tokens as the control plane would. */
  privateKey: JWK;
}

/** Rooms of a media node, each a channel of the organisation. Crowds of one organisation meet in them. */
export function parleyJoin(server: ParleyServer, organizationId: string = randomUUID()): Join {
  return async (offer, room, member) => {
    const channelId = `${organizationId.slice(0, -6)}${room.toString(16).padStart(6, "0")}`;
    const token = await signJoinToken(server, organizationId, channelId, `r${room}m${member}`);
    const hello = { type: "hello", versions: [1], token, offer };
    return { ...(await greet(`ws://127.0.0.1:${server.port}/signal`, hello)), address: LOOPBACK };
  };
}

/** Rooms of the plain werift server, which only knows numbers. */
export const plainJoin =
  (port: number): Join =>
  async (offer, room) => ({
    ...(await greet(`ws://127.0.0.1:${port}`, { type: "hello", room, offer })),
    address: LOOPBACK,
  });

/** Sends the hello; resolves with the answer. The socket is kept alive until `leave`. */
export async function greet(url: string, hello: object): Promise<{ answer: string; leave(): void }> {
  const socket = new WebSocket(url);
  const welcomed = Promise.withResolvers<string>();
  let timer: NodeJS.Timeout | undefined;
  let pings = 0;
  socket.on("open", () => socket.send(JSON.stringify(hello)));
  socket.on("message", (data: Buffer) => {
    // Everything else is news of the room, of which a large one has a lot.
    if (data.includes('"type":"welcome"')) welcomed.resolve(JSON.parse(String(data)).answer);
    else if (data.includes('"type":"error"')) welcomed.reject(new Error(String(data)));
  });
  socket.on("error", welcomed.reject);
  socket.on("close", (code, reason) => {
    clearInterval(timer);
    welcomed.reject(new Error(`signalling closed: ${code} ${reason}`));
  });
  const answer = await welcomed.promise;
  timer = setInterval(
    () => socket.send(JSON.stringify({ type: "ping", id: pings++ })),
    SIGNAL_PING_INTERVAL_MS,
  );
  return { answer, leave: () => socket.close() };
}

let signingKey: { jwk: JWK; key: CryptoKey | Uint8Array } | undefined;

/** For one stay of somebody new in a channel. */
export async function signJoinToken(
  server: ParleyServer,
  org: string,
  ch: string,
  name: string,
): Promise<string> {
  if (signingKey?.jwk !== server.privateKey)
    signingKey = { jwk: server.privateKey, key: await importJWK(server.privateKey, "ES256") };
  const perm = (VIEW | CONNECT | SPEAK).toString();
  const claims = { sid: randomUUID(), org, ch, name, fence: 1, perm, pv: 0, limit: 0 };
  return new SignJWT(claims)
    .setProtectedHeader({
      alg: "ES256",
      kid: server.privateKey.kid ?? "",
      typ: JOIN_TOKEN_TYPE,
    })
    .setSubject(randomUUID())
    .setIssuer(TOKEN_ISSUER)
    .setAudience(nodeAudience("bench", server.bootEpoch))
    .setJti(randomBytes(16).toString("hex"))
    .setIssuedAt()
    .setExpirationTime("30s")
    .sign(signingKey.key);
}
