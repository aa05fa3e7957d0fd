/** Why a client's transport ended, as metrics count it. */
import { DTLS_FAILURE_REASONS, type DtlsFailureReason } from "./dtls/dtls-failure.ts";

/** `closed` is the client's goodbye, `left` ours; `internal_error` is a bug of ours, which is logged. */
export type PeerEnding =
  | DtlsFailureReason
  | "closed"
  | "left"
  | "consent_lost"
  | "connect_timeout"
  | "internal_error";

export const PEER_ENDINGS: readonly PeerEnding[] = [
  "closed",
  "left",
  "consent_lost",
  "connect_timeout",
  "internal_error",
  ...DTLS_FAILURE_REASONS,
];
