import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterEach, describe, expect, it } from "vitest";
import { type BoundPort, bindPort } from "./bound-port.ts";
import { type PortHandlers, type ServedPort, servePort } from "./served-port.ts";
import type { TlsPaths } from "./tls-files.ts";

const HELLO = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
let bound: BoundPort;
let served: ServedPort;
const sockets: Socket[] = [];
const refused: string[] = [];

async function serve(changes: Partial<PortHandlers> = {}, tls?: TlsPaths): Promise<void> {
  bound = await bindPort({ port: 0, host: "127.0.0.1" });
  const handlers: PortHandlers = {
    request: (_request, response) => void setImmediate(() => response.end("hello")),
    upgrade: (_request, socket) => socket.destroy(),
    iceTcp: (socket) => socket.destroy(),
    onRefused: (reason) => refused.push(reason),
    onTlsError: () => {},
    ...changes,
  };
  served = await servePort(bound, handlers, tls);
}

async function open(): Promise<Socket> {
  const socket = connect(bound.port, "127.0.0.1");
  socket.on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  refused.length = 0;
  await served.close(0);
  bound.udp.close();
});

async function answerTo(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

describe("the shared port", () => {
  it("lets somebody new in, however many connections say nothing, and ends the oldest of those", async () => {
    await serve();
    const first = await open();
    const closed = once(first, "close");
    for (let n = 0; n < 520; n += 20) await Promise.all(Array.from({ length: 20 }, open));
    await closed;
    const answer = await fetch(`http://127.0.0.1:${bound.port}/`);
    expect(await answer.text()).toBe("hello");
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(new Set(refused)).toEqual(new Set(["tcp_undecided_full"]));
  });

  it("answers a client that ends its own side right after the request", async () => {
    const request: PortHandlers["request"] = ({ socket }, response) =>
      void socket.once("end", () => setImmediate(() => response.end("hello")));
    await serve({ request });
    const socket = await open();
    socket.end(HELLO);
    expect(await answerTo(socket)).toContain("hello");
  });

  it("ends a connection that ends without a word, and one that speaks nothing known", async () => {
    await serve();
    const [mute, stranger] = await Promise.all([open(), open()]);
    mute.end();
    stranger.write(Buffer.alloc(8, 0xff));
    await Promise.all([answerTo(mute), answerTo(stranger)]);
    expect(refused).toEqual(["tcp_unknown"]);
  });
});

describe("close", () => {
  it("ends in time whatever stands half open: silence, TLS in its handshake, HTTP in its headers, ICE", async () => {
    const directory = await mkdtemp(join(tmpdir(), "parley-tls-"));
    const tls = { certFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };
    const made = await generate([{ name: "commonName", value: "test" }], { keyType: "ec", curve: "P-256" });
    await writeFile(tls.certFile, made.cert);
    await writeFile(tls.keyFile, made.private);
    // Whoever takes ICE connections ends them itself; this one doesn't.
    let taken = 0;
    await serve({ iceTcp: () => void taken++ }, tls);
    await rm(directory, { recursive: true });
    const beginnings = ["", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET / HT", "\x00\x3c1234"];
    const opened = await Promise.all(
      beginnings.map(async (beginning) => {
        const socket = await open();
        socket.write(Buffer.from(beginning, "latin1"));
        return socket;
      }),
    );
    const closed = Promise.all(opened.map((socket) => once(socket, "close")));
    await expect.poll(() => taken).toBe(1);
    await served.close(100);
    await closed;
  });
});
