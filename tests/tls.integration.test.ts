/** TLS on the one port: certificates from files, replaced while people talk, and one of the server's own. */
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { get as httpGet, type IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { createDtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { ensurePage } from "@parley/standalone/page";
import { ensureSelfSigned, lanAddresses } from "@parley/standalone/self-signed";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { logIn } from "./support/api.ts";
import { scratchDirectory } from "./support/scratch.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { failToStart, type ServerProcess, startServerProcess } from "./support/server-process.ts";
import { joinRoom, type VoiceMember } from "./support/voice-member.ts";

/** On a busy machine. */
const SOON = { timeout: 10_000 };

let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
let certFile: string;
let keyFile: string;
let first: string;
let second: string;

beforeAll(async () => {
  scratch = await scratchDirectory();
  certFile = join(scratch.path, "cert.pem");
  keyFile = join(scratch.path, "key.pem");
  first = join(scratch.path, "first");
  second = join(scratch.path, "second");
  await Promise.all([ensureSelfSigned(first, undefined), ensureSelfSigned(second, undefined)]);
});
afterAll(() => scratch.remove());

const install = async (from: string) => {
  await copyFile(join(from, "tls", "key.pem"), keyFile);
  await copyFile(join(from, "tls", "cert.pem"), certFile);
};
const fingerprintOf = async (of: string) =>
  new X509Certificate(await readFile(join(of, "tls", "cert.pem"))).fingerprint256;

async function presented(port: number): Promise<string | undefined> {
  const socket: TLSSocket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

const answerOf = async (request: ReturnType<typeof get>): Promise<IncomingMessage> => {
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  answer.resume();
  return answer;
};

describe("a certificate from files", () => {
  let server: TestServer;
  beforeAll(async () => {
    await install(first);
    server = await startTestServer({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
  });
  afterAll(() => server.stop());

  it("serves the API by https, with HSTS, and names in it that clients check", async () => {
    const ca = await readFile(certFile);
    const answer = await answerOf(get(`${server.origin}/healthz`, { ca }));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["strict-transport-security"]).toMatch(/max-age=\d+/);
  });

  it("sends who speaks plain HTTP to the same place by https, and upgrades nothing there", async () => {
    const plain = server.origin.replace("https", "http");
    const answer = await answerOf(httpGet(`${plain}/a?b=c`));
    expect(answer.statusCode).toBe(308);
    expect(answer.headers.location).toBe(`${server.origin}/a?b=c`);
    const hostless = await answerOf(httpGet(plain, { headers: { host: "evil.example/x#" } }));
    expect(hostless.statusCode).toBe(400);
    const socket = new WebSocket(`${plain.replace("http", "ws")}/signal`);
    await expect(new Promise((_, reject) => socket.once("error", reject))).rejects.toThrow("308");
  });

  it("is replaced without a restart, and sockets under way stay", async () => {
    expect(await presented(server.port)).toBe(await fingerprintOf(first));
    const socket = new WebSocket(`${server.origin.replace("https", "wss")}/signal`, {
      rejectUnauthorized: false,
    });
    await once(socket, "open");
    await install(second);
    const wanted = await fingerprintOf(second);
    // The system tells of the change when it likes; until then the old one is right.
    await expect.poll(() => presented(server.port), SOON).toBe(wanted);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.send(JSON.stringify({ type: "mute", muted: true }));
    const [message] = await once(socket, "message");
    expect(JSON.parse(String(message)).code).toBe("message_invalid");
  });

  it("stays when the new files are no certificate", async () => {
    await writeFile(certFile, "not a certificate");
    await writeFile(keyFile, "not a key");
    expect(await presented(server.port)).toBe(await fingerprintOf(second));
    await install(first);
    const wanted = await fingerprintOf(first);
    await expect.poll(() => presented(server.port), SOON).toBe(wanted);
  });
});

describe("a call that goes on while the certificate is replaced", () => {
  const PACKET_INTERVAL_MS = 20;
  let server: TestServer;
  beforeAll(async () => {
    await install(first);
    server = await startTestServer({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
    // Which certificate is shown, `presented` tells; members aren't asked whom they trust.
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });

  it("loses no packet, by UDP or by TCP, and whoever comes later is shown the new one", async () => {
    const identity = await createDtlsIdentity();
    const enter = async (name: string, protocol: "udp" | "tcp") => {
      const { token } = await (await logIn(server.origin, name)).join("Lobby");
      return joinRoom({ origin: server.origin, token, identity, protocol });
    };
    const alice = await enter("alice", "udp");
    const bob = await enter("bob", "tcp");
    const spoken = { alice: talk(alice), bob: talk(bob) };
    const heardByAlice = hear(alice);
    const heardByBob = hear(bob);
    await expect.poll(() => Math.min(heardByAlice.size, heardByBob.size), SOON).toBeGreaterThan(10);

    await install(second);
    const wanted = await fingerprintOf(second);
    await expect.poll(() => presented(server.port), SOON).toBe(wanted);

    const charlie = await enter("charlie", "udp");
    const heardByCharlie = hear(charlie);
    await expect.poll(() => heardByCharlie.size, SOON).toBeGreaterThan(10);
    const counts = { alice: spoken.alice.stop(), bob: spoken.bob.stop() };
    await expect.poll(() => heardByBob.size, SOON).toBe(counts.alice);
    await expect.poll(() => heardByAlice.size, SOON).toBe(counts.bob);
    for (const { signal } of [alice, bob]) expect(signal.socket.readyState).toBe(WebSocket.OPEN);
    await Promise.all([alice, bob, charlie].map((member) => member.leave()));
  });

  function talk({ client }: VoiceMember): { stop(): number } {
    let packets = 0;
    const timer = setInterval(
      () => client.speak(Buffer.from(`${client.ssrc} ${packets++}`)),
      PACKET_INTERVAL_MS,
    );
    return {
      stop() {
        clearInterval(timer);
        return packets;
      },
    };
  }

  /** What a member has heard, each packet once. */
  function hear({ client }: VoiceMember): Set<string> {
    const heard = new Set<string>();
    client.onVoice = (packet) => heard.add(packet.subarray(16).toString());
    return heard;
  }
});

/** Each starts several processes. */
const STARTS_MS_MAX = 120_000;

describe("a setting that can't work is refused by name", () => {
  it(
    "a key without its certificate, a file that isn't there, a pair that doesn't match",
    async () => {
      await install(first);
      const DATA_DIR = join(scratch.path, "data");
      const half = await failToStart({ DATA_DIR, TLS_KEY_FILE: keyFile });
      expect(half.message).toContain("TLS_CERT_FILE: a certificate needs its key");
      const missing = await failToStart({ DATA_DIR, TLS_CERT_FILE: "/nowhere/c.pem", TLS_KEY_FILE: keyFile });
      expect(missing.message).toContain("TLS_CERT_FILE: /nowhere/c.pem can't be read (ENOENT)");
      const otherKey = join(second, "tls", "key.pem");
      const mixed = await failToStart({ DATA_DIR, TLS_CERT_FILE: certFile, TLS_KEY_FILE: otherKey });
      expect(mixed.message).toContain("TLS_CERT_FILE and TLS_KEY_FILE are not a PEM certificate and its key");
      const both = await failToStart(
        { DATA_DIR, TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile },
        { options: ["--https"] },
      );
      expect(both.message).toContain("--https makes a certificate of its own");
    },
    STARTS_MS_MAX,
  );
});

describe("npm start -- --https", () => {
  it(
    "makes a certificate, serves by it, and keeps it over a restart",
    async () => {
      await ensurePage(() => {});
      const DATA_DIR = join(scratch.path, "own");
      // On all addresses, and then on one.
      const server = await startServerProcess({ DATA_DIR, HOST: "" }, { options: ["--https"] });
      const port = Number(new URL(server.origin).port);
      expect(server.origin).toMatch(/^https:/);
      const fingerprint = await presented(port);
      const ca = await readFile(join(DATA_DIR, "tls", "cert.pem"));
      expect((await answerOf(get(`https://localhost:${port}/`, { ca }))).statusCode).toBe(200);
      const words = await allWords(server);
      expect(words).toContain(`Parley is ready:  https://localhost:${port}\n`);
      expect(words).toContain("NET::ERR_CERT_AUTHORITY_INVALID");
      expect(words).toContain("“Your connection is not private”");
      expect(words).toContain(`${fingerprint}\n`);
      expect(addressesIn(words)).toEqual(lanAddresses().map((address) => `https://${address}:${port}`));
      await server.end("SIGINT");
      const again = await startServerProcess({ DATA_DIR }, { options: ["--https"] });
      expect(addressesIn(await allWords(again))).toEqual([]);
      expect(await presented(Number(new URL(again.origin).port))).toBe(fingerprint);
      await again.end("SIGINT");
    },
    STARTS_MS_MAX,
  );

  /** What is told at the start, to its last line. */
  async function allWords({ said }: ServerProcess): Promise<string> {
    await expect.poll(said, SOON).toContain("Ctrl-C\n");
    return said();
  }

  /** Where others on the network open the page. */
  const addressesIn = (words: string) =>
    words.match(/https:\/\/\S+/g)?.filter((address) => !address.includes("localhost"));
});
