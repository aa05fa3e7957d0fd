/** Counts what a media port throws away, by reason. Counting allocates nothing: it happens per hostile packet. */

const DROP_REASONS = [
  "empty",
  "too_large",
  "kind_unknown",
  "source_unknown",
  "rate_limited",
  "tuple_taken",
  "path_evicted",
  "path_unproven",
  "frame_malformed",
  "frame_flood",
  "frame_timeout",
  "stun_malformed",
  "stun_not_a_request",
  "stun_bad_fingerprint",
  "stun_unknown_ufrag",
  "stun_no_integrity",
  "stun_bad_integrity",
  "stun_refused",
  "dtls_malformed",
  "dtls_unexpected",
  "dtls_replayed",
  "dtls_bad_tag",
  "dtls_bad_hello",
  "dtls_after_end",
  "rtp_malformed",
  "rtp_foreign_ssrc",
  "rtp_payload_type",
  "rtp_before_keys",
  "rtp_before_entry",
  "rtcp_malformed",
  "rtcp_before_keys",
  "srtp_malformed",
  "srtp_replayed",
  "srtp_unauthentic",
  "srtp_streams_exhausted",
  "srtcp_unencrypted",
  "srtp_late",
  "voice_without_path",
  "send_queue_full",
  "receive_queue_full",
  "internal_error",
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

export class DropCounters {
  readonly #counts = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;

  count(reason: DropReason): void {
    this.#counts[reason]++;
  }

  /** A copy: reasons and how often each has occurred since the start. */
  snapshot(): Record<DropReason, number> {
    return { ...this.#counts };
  }

  total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }
}
