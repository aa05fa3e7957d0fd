/** Clients that go away in the middle of a request: their own affair, and no error of ours. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logIn } from "./support/api.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  // For who comes from elsewhere.
  server = await startTestServer({ TRUSTED_PROXY_HOPS: "1" });
});
afterAll(async () => {
  await server.stop();
  // What went on without a client had ended before the database closed.
  expect(server.logged).toEqual([]);
});

const credentials = JSON.stringify({ username: "alice", password: "alice123" });
const post = (headers: string, body: string, path = "/v1/auth/login") =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

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

test("clients that reset their connection after the last byte are counted like others", async () => {
  const people = Array.from({ length: 30 }, (_, n) => ({
    username: `reset${n}`,
    password: "correct horse battery",
  }));
  const closed = people.map(async (person) => {
    const body = JSON.stringify(person);
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(post(`Content-Length: ${body.length}`, body, "/v1/auth/register"), () =>
      socket.resetAndDestroy(),
    );
    await once(socket, "close");
  });
  await Promise.all(closed);
  const has = async ({ username, password }: (typeof people)[number], n: number) => {
    const response = await fetch(new URL("/v1/auth/login", server.origin), {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": `192.0.2.${n}` },
      body: JSON.stringify({ username, password }),
    });
    return response.status === 200;
  };
  // Behind them all in the one queue that passwords wait in.
  await logIn(server.origin, "bob");
  const made = (await Promise.all(people.map(has))).filter(Boolean).length;
  expect(made).toBeLessThanOrEqual(5);
});
