/** Why a handshake ended. The alert is what the peer hears (RFC 5246 §7.2); the reason is what metrics count. */
const ALERTS = {
  malformed: 50, // decode_error
  version_unsupported: 70, // protocol_version
  no_common_cipher: 40, // handshake_failure
  srtp_profile_missing: 40,
  extended_master_secret_missing: 40,
  certificate_missing: 40,
  fingerprint_mismatch: 42, // bad_certificate
  certificate_key_unsupported: 43, // unsupported_certificate
  certificate_verify_invalid: 51, // decrypt_error
  finished_invalid: 51,
  key_exchange_invalid: 47, // illegal_parameter
  unexpected_message: 10,
  alerted: undefined,
} as const;

export type DtlsFailureReason = keyof typeof ALERTS;

export const DTLS_FAILURE_REASONS = Object.keys(ALERTS) as DtlsFailureReason[];

export class DtlsFailure extends Error {
  readonly reason: DtlsFailureReason;

  constructor(reason: DtlsFailureReason) {
    super(reason);
    this.name = "DtlsFailure";
    this.reason = reason;
  }

  get alert(): number | undefined {
    return ALERTS[this.reason];
  }
}
