/** OpenSSL's s_client as a peer that shares no code with us. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDtlsIdentity, type DtlsIdentity } from "./dtls-identity.ts";
import { DtlsServer } from "./dtls-server.ts";

const TICK_MS = 50;

let directory: string;
let serverIdentity: DtlsIdentity;
let clientIdentity: DtlsIdentity;
let socket: Socket;
let server: DtlsServer;
let ended: Promise<void>;
let timer: NodeJS.Timeout;
let child: ChildProcess | undefined;
let flush: () => void;

beforeAll(async () => {
  if (spawnSync("openssl", ["version"]).status !== 0)
    throw new Error("The program openssl is missing: install it (Debian: apt-get install openssl).");
  directory = await mkdtemp(join(tmpdir(), "parley-openssl-"));
  [serverIdentity, clientIdentity] = await Promise.all([createDtlsIdentity(), createDtlsIdentity()]);
  const der = Buffer.from(clientIdentity.certificate).toString("base64").replace(/.{64}/g, "$&\n");
  await writeFile(
    join(directory, "cert.pem"),
    `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`,
  );
  await writeFile(join(directory, "key.pem"), pem(sec1(clientIdentity.privateKey)));
  const wrongScalar = createECDH("prime256v1");
  wrongScalar.generateKeys();
  await writeFile(join(directory, "wrong-key.pem"), pem(keyWithAnothersPoint(wrongScalar.getPrivateKey())));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

beforeEach(async () => {
  const end = Promise.withResolvers<void>();
  ended = end.promise;
  server = new DtlsServer({
    identity: serverIdentity,
    fingerprint: clientIdentity.fingerprint,
    onDrop: () => {},
  });
  socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  let client = { port: 0, address: "" };
  flush = () => {
    for (const datagram of server.drain()) socket.send(datagram, client.port, client.address);
    if (server.phase === "ended" || server.phase === "connected") end.resolve();
  };
  socket.on("message", (datagram, source) => {
    client = source;
    server.receive(datagram, performance.now());
    flush();
  });
  timer = setInterval(() => {
    server.tick(performance.now());
    flush();
  }, TICK_MS);
});
afterEach(() => {
  child?.kill("SIGKILL");
  clearInterval(timer);
  socket.close();
});

/** Starts s_client; answers what it says until it says `wanted` or ends. */
function sClient(wanted: RegExp, options: readonly string[], key = "key.pem"): Promise<string> {
  const material = ["-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", "60"];
  const identity = ["-cert", join(directory, "cert.pem"), "-key", join(directory, key)];
  const target = ["-connect", `127.0.0.1:${socket.address().port}`];
  const command = ["s_client", "-dtls1_2", ...target, ...identity, ...material, ...options];
  const running = spawn("openssl", command, { stdio: ["pipe", "pipe", "pipe"] });
  child = running;
  let output = "";
  return new Promise((resolve) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      if (wanted.test(output)) resolve(output);
    };
    running.stdout.on("data", read);
    running.stderr.on("data", read);
    running.on("exit", () => resolve(output));
  });
}

describe("OpenSSL", () => {
  it.each([
    ["SRTP_AEAD_AES_128_GCM", "AEAD_AES_128_GCM", 12],
    ["SRTP_AES128_CM_SHA1_80", "AES_CM_128_HMAC_SHA1_80", 14],
  ] as const)("connects with the right certificate and exports the same keys for %s", async (name, profile, salt) => {
    const output = await sClient(/Keying material: \w+\s/, ["-use_srtp", name]);
    await ended;
    expect(server.phase).toBe("connected");
    expect(output).toContain("ECDHE-ECDSA-AES128-GCM-SHA256");
    expect(output).toMatch(/Extended master secret: yes/i);
    expect(output).toContain(`SRTP Extension negotiated, profile=${name}`);
    const material = Buffer.from(/Keying material: (\w+)/.exec(output)?.[1] ?? "", "hex");
    const { keys } = server;
    expect(keys?.profile).toBe(profile);
    expect(keys?.remoteKey).toEqual(material.subarray(0, 16));
    expect(keys?.localKey).toEqual(material.subarray(16, 32));
    expect(keys?.remoteSalt).toEqual(material.subarray(32, 32 + salt));
    expect(keys?.localSalt).toEqual(material.subarray(32 + salt, 32 + 2 * salt));
  });

  it("with the right certificate and another's key for CertificateVerify is refused", async () => {
    const output = await sClient(/alert/, ["-use_srtp", "SRTP_AEAD_AES_128_GCM"], "wrong-key.pem");
    await ended;
    expect(server.endedBecause).toBe("certificate_verify_invalid");
    expect(output).toContain("decrypt error");
    expect(server.keys).toBeUndefined();
  });

  it.each([
    ["without SRTP", [], "srtp_profile_missing"],
    ["with RSA suites only", ["-use_srtp", "SRTP_AEAD_AES_128_GCM", "-cipher", "RSA"], "no_common_cipher"],
    [
      "with a curve that isn't P-256",
      ["-use_srtp", "SRTP_AEAD_AES_128_GCM", "-curves", "P-384"],
      "no_common_cipher",
    ],
  ])("%s is refused", async (_name, options, reason) => {
    await sClient(/alert/, options);
    await ended;
    expect(server.endedBecause).toBe(reason);
  });

  it("hears the goodbye", async () => {
    const options = ["-use_srtp", "SRTP_AEAD_AES_128_GCM"];
    await sClient(/Keying material/, options);
    await ended;
    const exited = child && once(child, "exit");
    server.close();
    flush();
    await exited;
  });
});

const sec1 = (key: KeyObject): Buffer => key.export({ type: "sec1", format: "der" });

const pem = (der: Buffer): string =>
  `-----BEGIN EC PRIVATE KEY-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END EC PRIVATE KEY-----\n`;

/**
 * RFC 5915: scalar, curve, and the public point, which OpenSSL believes when it compares key and certificate.
 * So it takes this key for the certificate's and signs with another one.
 */
function keyWithAnothersPoint(scalar: Buffer): Buffer {
  const der = Buffer.from(sec1(createPrivateKey(pem(sec1(clientIdentity.privateKey)))));
  scalar.copy(der, der.indexOf(Buffer.from([0x04, 0x20])) + 2);
  return der;
}
