/** What SRTP starts from: the keys that a DTLS session exports (RFC 5764 §4.2), seen from one of its ends. */
import { SRTP_KEY_BYTES, type SrtpProfileId, srtpProfileNames, srtpSaltBytes } from "../srtp/srtp-profile.ts";
import type { SrtpKeys } from "../srtp/srtp-session.ts";
import { type SessionRandoms, srtpKeyMaterial } from "./key-schedule.ts";

export function deriveSrtpKeys(
  profileId: SrtpProfileId,
  masterSecret: Buffer,
  randoms: SessionRandoms,
  role: "client" | "server",
): SrtpKeys {
  const profile = srtpProfileNames[profileId];
  const lengths = { key: SRTP_KEY_BYTES, salt: srtpSaltBytes(profile) };
  const { clientKey, clientSalt, serverKey, serverSalt } = srtpKeyMaterial(masterSecret, randoms, lengths);
  const client = { key: clientKey, salt: clientSalt };
  const server = { key: serverKey, salt: serverSalt };
  const [local, remote] = role === "server" ? [server, client] : [client, server];
  return {
    profile,
    localKey: local.key,
    localSalt: local.salt,
    remoteKey: remote.key,
    remoteSalt: remote.salt,
  };
}
