/** Joining a channel: the request, the node assignment and the claims of the join token. */
import { z } from "zod";
import { channelIdSchema, nodeIdSchema, organizationIdSchema, sessionIdSchema, userIdSchema } from "./ids.ts";

export const joinRequestSchema = z.strictObject({
  /** The channel's password, where it has one. */
  password: z.string().max(256).optional(),
});

export const assignmentSchema = z.strictObject({
  room: z.strictObject({ organizationId: organizationIdSchema, channelId: channelIdSchema }),
  /** `url` is where to open the signalling WebSocket; a path alone means the origin that was asked. */
  node: z.strictObject({ id: nodeIdSchema, region: z.string(), url: z.string() }),
  token: z.string(),
  expiresAt: z.iso.datetime(),
  /** Rises each time the room moves; clients follow the highest that they have seen. */
  fence: z.int().positive(),
  /** Effective permission bits as a decimal string. */
  permissions: z.string().regex(/^\d{1,19}$/),
});

export const JOIN_TOKEN_TYPE = "join+jwt";
export const ACCESS_TOKEN_TYPE = "at+jwt";
/** Issuer of both kinds of token. */
export const TOKEN_ISSUER = "parley";
export const ACCESS_TOKEN_AUDIENCE = "api";

/** A join token is for one start of one node: a restarted node has another boot epoch. */
export const nodeAudience = (nodeId: string, bootEpoch: number): string => `node:${nodeId}:${bootEpoch}`;

export const joinTokenClaimsSchema = z.object({
  sub: userIdSchema,
  sid: sessionIdSchema,
  org: organizationIdSchema,
  ch: channelIdSchema,
  /** The name that others in the room see. */
  name: z.string().min(1).max(128),
  fence: z.int().positive(),
  perm: z.string().regex(/^\d{1,19}$/),
  /** Permission version: a node refuses tokens below the least that it was told for this user. */
  pv: z.int().nonnegative(),
  /** Most participants in the channel, 0 for no limit of its own. */
  limit: z.int().nonnegative(),
  jti: z.string().min(16).max(64),
  exp: z.int(),
});

export type JoinRequest = z.infer<typeof joinRequestSchema>;
export type Assignment = z.infer<typeof assignmentSchema>;
export type JoinTokenClaims = z.infer<typeof joinTokenClaimsSchema>;
