/** The DTLS server as strangers reach it, and what is behind its tags. */

import { certifiedKey, verifyCertificateVerify } from "@parley/media-node/rtc/dtls/client-proof";
import { DtlsFailure } from "@parley/media-node/rtc/dtls/dtls-failure";
import { createDtlsIdentity, sha256Fingerprint } from "@parley/media-node/rtc/dtls/dtls-identity";
import { DtlsServer } from "@parley/media-node/rtc/dtls/dtls-server";
import { uint16, vector } from "@parley/media-node/rtc/dtls/tls-vector";
import { DtlsClient } from "@parley/media-node/rtc/testing/dtls-client";
import { type FuzzedParser, PACKET_BYTES_MAX } from "./fuzzed-parser.ts";

/** A handshake in which so many inputs went is replaced by a fresh one, at another stage. */
const INPUTS_PER_SESSION = 2_000;

export async function dtlsParsers(corpus: readonly Buffer[]): Promise<FuzzedParser[]> {
  return [
    { name: "DTLS", corpus, bytesMax: PACKET_BYTES_MAX, parse: await dtlsReader() },
    { name: "DTLS by a client", corpus, bytesMax: 1_200, parse: await sealedDtlsReader() },
    await certificates(),
  ];
}

/** Servers before the hello, in the middle of a handshake, and connected, by turns. */
async function dtlsReader(): Promise<(input: Buffer) => void> {
  const [ours, theirs] = await Promise.all([createDtlsIdentity(), createDtlsIdentity()]);
  const open = (datagrams: number): DtlsServer => {
    const { fingerprint } = theirs;
    const server = new DtlsServer({ identity: ours, fingerprint, onDrop() {} });
    const client = new DtlsClient({ identity: theirs, fingerprint: ours.fingerprint });
    client.start(0);
    for (let turn = 0; turn < datagrams; turn++) {
      for (const datagram of client.drain()) server.receive(datagram, 0);
      for (const datagram of server.drain()) client.receive(datagram, 0);
    }
    return server;
  };
  let inputs = 0;
  let server = open(0);
  return (input) => {
    if (inputs++ % INPUTS_PER_SESSION === 0 || server.phase === "ended")
      server = open(Math.floor(inputs / INPUTS_PER_SESSION) % 4);
    server.receive(input, inputs);
    server.drain();
  };
}

/** Connected servers, and a client whose keys are good and whose words are anything. */
async function sealedDtlsReader(): Promise<(input: Buffer) => void> {
  const [ours, theirs] = await Promise.all([createDtlsIdentity(), createDtlsIdentity()]);
  const open = () => {
    const server = new DtlsServer({ identity: ours, fingerprint: theirs.fingerprint, onDrop() {} });
    const client = new DtlsClient({ identity: theirs, fingerprint: ours.fingerprint });
    client.start(0);
    while (client.phase !== "connected") {
      for (const datagram of client.drain()) server.receive(datagram, 0);
      for (const datagram of server.drain()) client.receive(datagram, 0);
    }
    return { server, client };
  };
  let { server, client } = open();
  return (input) => {
    if (server.phase !== "connected") ({ server, client } = open());
    // 20 … 24: one more than there are.
    const type = 20 + ((input[0] ?? 0) % 5);
    client.say({ type, epoch: 1, fragment: Buffer.from(input.subarray(1)) });
    for (const datagram of client.drain()) server.receive(datagram, 1);
    server.drain();
  };
}

/** Certificates that are what the SDP says, however odd they are, and a signature of the same bytes. */
async function certificates(): Promise<FuzzedParser> {
  const { certificate } = await createDtlsIdentity();
  return {
    name: "certificate",
    corpus: [Buffer.from(certificate)],
    bytesMax: PACKET_BYTES_MAX,
    parse(input) {
      try {
        const key = certifiedKey(vector(3, vector(3, input)), sha256Fingerprint(input));
        verifyCertificateVerify(input, input, key);
        verifyCertificateVerify(Buffer.concat([uint16(0x0403), vector(2, input)]), input, key);
      } catch (error) {
        if (!(error instanceof DtlsFailure)) throw error;
      }
    },
  };
}
