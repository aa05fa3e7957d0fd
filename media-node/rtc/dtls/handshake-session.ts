/** What a handshake has agreed on so far: it begins with a ClientHello and ends with the client's Finished. */
import { createECDH, type ECDH, type KeyObject, randomBytes } from "node:crypto";
import type { SrtpProfileId } from "../srtp/srtp-profile.ts";
import { ByteReader } from "./byte-reader.ts";
import { type ClientHello, chooseSrtpProfile } from "./client-hello.ts";
import { DtlsFailure } from "./dtls-failure.ts";
import type { SessionRandoms } from "./key-schedule.ts";
import type { RecordCipher } from "./record-cipher.ts";

export interface HandshakeSession {
  readonly randoms: SessionRandoms;
  readonly profile: SrtpProfileId;
  readonly ephemeral: ECDH;
  /** Of the certificate that the client has shown. */
  clientKey: KeyObject | undefined;
  masterSecret: Buffer | undefined;
  opener: RecordCipher | undefined;
  /** The client has signed the handshake with `clientKey`. */
  proven: boolean;
}

/** Throws a DtlsFailure where the client lacks what a safe session needs. */
export function beginSession(hello: ClientHello): HandshakeSession {
  const profile = chooseSrtpProfile(hello);
  const ephemeral = createECDH("prime256v1");
  ephemeral.generateKeys();
  return {
    randoms: { client: Buffer.from(hello.random), server: randomBytes(32) },
    profile,
    ephemeral,
    clientKey: undefined,
    masterSecret: undefined,
    opener: undefined,
    proven: false,
  };
}

/** The premaster secret with the client's point (RFC 8422 §5.7), which OpenSSL checks to be on the curve. */
export function agree({ ephemeral }: HandshakeSession, clientKeyExchange: Buffer): Buffer {
  const reader = new ByteReader(clientKeyExchange);
  const point = reader.vector(1);
  reader.end();
  try {
    return ephemeral.computeSecret(point);
  } catch {
    throw new DtlsFailure("key_exchange_invalid");
  }
}
