/** The protection profiles that a node speaks, as DTLS-SRTP negotiates them (RFC 5764 §4.1.2, RFC 7714 §14.2). */
export type SrtpProfile = "AEAD_AES_128_GCM" | "AES_CM_128_HMAC_SHA1_80";

export type SrtpProfileId = 0x0007 | 0x0001;

/** The preferred one first. */
export const SRTP_PROFILE_IDS: readonly SrtpProfileId[] = [0x0007, 0x0001];

export const srtpProfileNames: Readonly<Record<SrtpProfileId, SrtpProfile>> = {
  7: "AEAD_AES_128_GCM",
  1: "AES_CM_128_HMAC_SHA1_80",
};

/** Of a master key and salt. */
export const SRTP_KEY_BYTES = 16;
export const srtpSaltBytes = (profile: SrtpProfile): number => (profile === "AEAD_AES_128_GCM" ? 12 : 14);
