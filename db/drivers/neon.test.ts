import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { openNeon } from "./neon.ts";

/** A message of the server's (PostgreSQL, "Message Formats"). */
function message(type: string, ...parts: (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part !== "number") return Buffer.from(part);
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(part);
      return bytes;
    }),
  );
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const AUTHENTICATED = message("R", 0);
const READY = message("Z", "I");

/** Says what a server says that asks for SCRAM, and `final` where its own proof stands. */
async function answerScram(socket: Socket, final: Buffer): Promise<void> {
  const heard = async () => String((await once(socket, "data"))[0]);
  await heard();
  socket.write(message("R", 10, "SCRAM-SHA-256\0\0"));
  const nonce = /r=(.+)/.exec(await heard())?.[1];
  socket.write(message("R", 11, `r=${nonce}more,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`));
  await heard();
  socket.write(final);
}

/** Tries a statement on such a server; gives the refusal, and what the server heard after `talk`, up to the end. */
async function talkTo(talk: (socket: Socket) => Promise<void>): Promise<{ error: unknown; heard: string }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const ended = Promise.withResolvers<string>();
  server.on("connection", async (socket) => {
    await talk(socket);
    let heard = "";
    socket.on("data", (data) => {
      heard += data;
    });
    socket.once("end", () => ended.resolve(heard));
  });
  const tcp = { host: "127.0.0.1", port, sslMode: "disable" as const };
  const driver = openNeon(`postgres://somebody:secret@127.0.0.1:${port}/db`, { poolMax: 1, tcp });
  try {
    const error = await driver.withConnection(({ run }) => run("select 1")).catch((refusal) => refusal);
    return { error, heard: await ended.promise };
  } finally {
    await driver.close();
    server.close();
  }
}

test("a server that asks for a way of logging in that isn't known here is not talked to", async () => {
  const { error, heard } = await talkTo(async (socket) => {
    await once(socket, "data");
    socket.write(message("R", 10, "SCRAM-SHA-512\0\0"));
  });
  expect(error).toMatchObject({ message: expect.stringMatching(/SASL/) });
  expect(heard).not.toContain("select");
});

test.each([
  ["a wrong proof", message("R", 12, `v=${Buffer.alloc(32).toString("base64")}`)],
  ["a proof that can't be read", message("R", 12, "nothing")],
  ["an error for a proof", message("R", 12, "e=other-error")],
  ["no proof at all", Buffer.alloc(0)],
])("a server that gives %s that it knows the password is not talked to", async (_what, proof) => {
  const { error, heard } = await talkTo((socket) =>
    answerScram(socket, Buffer.concat([proof, AUTHENTICATED, READY])),
  );
  expect(error).toMatchObject({ message: expect.stringMatching(/SASL/) });
  expect(heard).not.toContain("select");
});
