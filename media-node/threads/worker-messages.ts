/** What goes between a node's own thread and a worker that carries voice. */
import type { ErrorCode } from "@parley/contract/errors";
import type { NodeMessage } from "@parley/contract/signal";
import type { TcpRefusal } from "../port/tcp-router.ts";
import type { ThreadOptions } from "./local-thread.ts";
import type { ThreadCounts } from "./thread-counts.ts";
import type { Entering, VoiceRights } from "./voice-thread.ts";

export interface WorkerStart extends ThreadOptions {
  listenHost: string | undefined;
  /** The worker's own, for UDP and ICE-TCP; 0 lets the system choose. */
  port: number;
}

export type ToWorker =
  | { type: "accept"; stay: number; sdp: string; addresses: readonly string[] }
  | { type: "enter"; stay: number; entering: Entering }
  | { type: "mute"; stay: number; muted: boolean }
  | { type: "rights"; stay: number; rights: VoiceRights }
  | { type: "leave"; stay: number }
  | { type: "counts"; request: number }
  | { type: "close" };

export type FromWorker =
  | { type: "open" }
  /** It couldn't start, and ends. */
  | { type: "failed"; error: unknown }
  | { type: "accepted"; stay: number; answer: string; voices: number }
  | { type: "refused"; stay: number; code: ErrorCode; detail: string }
  | { type: "message"; stays: readonly number[]; message: NodeMessage }
  | { type: "lost"; stay: number }
  | { type: "connected"; handshakeMs: number }
  | { type: "bug"; error: unknown }
  | { type: "connection-refused"; reason: TcpRefusal }
  | { type: "counts"; request: number; counts: ThreadCounts };
