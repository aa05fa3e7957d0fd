/**
 * Signalling between a client and a media node: JSON text frames over a WebSocket, one union per direction.
 * docs/protocol.md says the same in prose.
 */
import { z } from "zod";
import { errorCodeSchema } from "./errors.ts";
import { participantIdSchema, userIdSchema } from "./ids.ts";
import { JOIN_TOKEN_BYTES_MAX, SDP_BYTES_MAX } from "./limits.ts";

/** Protocol versions that this build speaks, best first. A version is one positive integer. */
export const SIGNAL_VERSIONS = [1] as const;
/** Path of the signalling WebSocket on a node. */
export const SIGNAL_PATH = "/signal";

const permissions = z.string().regex(/^\d{1,19}$/);

export const participantSchema = z.strictObject({
  id: participantIdSchema,
  userId: userIdSchema,
  name: z.string(),
  muted: z.boolean(),
});

export const clientMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    /** Every version the client speaks; the node answers with the one in use. */
    versions: z.array(z.int().positive()).min(1).max(16),
    token: z.string().min(1).max(JOIN_TOKEN_BYTES_MAX),
    /** SDP: one sendonly (or sendrecv) Opus m-line, then up to K recvonly ones, bundled. */
    offer: z.string().min(1).max(SDP_BYTES_MAX),
    muted: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal("mute"), muted: z.boolean() }),
  z.strictObject({ type: z.literal("leave") }),
  z.strictObject({ type: z.literal("ping"), id: z.int().nonnegative() }),
]);

export const nodeMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("welcome"),
    version: z.int().positive(),
    answer: z.string(),
    you: participantIdSchema,
    permissions,
    participants: z.array(participantSchema),
    /** Receive m-lines that the node will use: voices 0 … voices−1, in the offer's order. */
    voices: z.int().nonnegative(),
    pingIntervalMs: z.int().positive(),
  }),
  z.strictObject({ type: z.literal("participant-joined"), participant: participantSchema }),
  z.strictObject({ type: z.literal("participant-updated"), participant: participantSchema }),
  z.strictObject({ type: z.literal("participant-left"), id: participantIdSchema }),
  /** Who is heard on which voice of this listener; null is a free one. Only changed voices are named. */
  z.strictObject({
    type: z.literal("voices"),
    voices: z.array(
      z.strictObject({ voice: z.int().nonnegative(), participantId: participantIdSchema.nullable() }),
    ),
  }),
  /** What you may do here has changed. */
  z.strictObject({ type: z.literal("permissions"), permissions }),
  z.strictObject({ type: z.literal("speaking"), id: participantIdSchema, speaking: z.boolean() }),
  z.strictObject({ type: z.literal("error"), code: errorCodeSchema, detail: z.string() }),
  z.strictObject({ type: z.literal("pong"), id: z.int().nonnegative() }),
]);

export type Participant = z.infer<typeof participantSchema>;
export type ClientMessage = z.infer<typeof clientMessageSchema>;
export type ClientMessageInput = z.input<typeof clientMessageSchema>;
export type NodeMessage = z.infer<typeof nodeMessageSchema>;

/** Picks the best version that both speak, or undefined. */
export const negotiateVersion = (offered: readonly number[]): number | undefined =>
  SIGNAL_VERSIONS.find((version) => offered.includes(version));
