/** Clients that go away in the middle of a request: their own affair, and no error of ours. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logIn } from "./support/api.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.stop();
  // What went on without a client had ended before the database closed.
  expect(server.logged).toEqual([]);
});

const credentials = JSON.stringify({ username: "alice", password: "alice123" });
const post = (headers: string, body: string) =>
  `POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

test.each([
  ["in the middle of its body", post(`Content-Length: ${credentials.length}`, credentials.slice(0, 20))],
  [
    "in the middle of a chunked body",
    post("Transfer-Encoding: chunked", `14\r\n${credentials.slice(0, 20)}\r\n`),
  ],
  ["before its body", post(`Content-Length: ${credentials.length}`, "")],
  ["before the answer", post(`Content-Length: ${credentials.length}`, credentials)],
])("a client that goes away %s leaves no warning and no error in the log", async (_when, bytes) => {
  for (const end of ["destroy", "resetAndDestroy"] as const) {
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    // Its request is under way: what came later on another connection was answered.
    await fetch(new URL("/healthz", server.origin));
    socket[end]();
    await once(socket, "close");
  }
  // Takes longer than the server needs to notice.
  await logIn(server.origin, "bob");
  expect(server.logged).toEqual([]);
});
