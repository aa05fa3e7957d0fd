import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { bindPort } from "./bound-port.ts";

it("has the same number for TCP and UDP, on the same address", async () => {
  const bound = await bindPort({ port: 0, host: "127.0.0.1" });
  expect(bound.tcp.address()).toMatchObject({ port: bound.port, address: "127.0.0.1" });
  expect(bound.udp.address()).toMatchObject({ port: bound.port, address: "127.0.0.1" });
  expect(bound.isChosen).toBe(true);
  bound.tcp.close();
  bound.udp.close();
});

it("is refused, and leaves nothing open, when UDP's half is somebody else's", async () => {
  const other = createSocket("udp4");
  other.bind(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address();
  await expect(bindPort({ port, host: "127.0.0.1" })).rejects.toMatchObject({ code: "EADDRINUSE" });
  other.close();
  const bound = await bindPort({ port, host: "127.0.0.1" });
  expect(bound.isChosen).toBe(false);
  bound.tcp.close();
  bound.udp.close();
});

it("hangs up on who comes before anybody serves it, and on nobody afterwards", async () => {
  const bound = await bindPort({ port: 0, host: "127.0.0.1" });
  const early = connect(bound.port, "127.0.0.1").resume();
  await once(early, "close");
  bound.tcp.on("connection", (socket) => socket.end("served"));
  const [answer] = await once(connect(bound.port, "127.0.0.1"), "data");
  expect(String(answer)).toBe("served");
  bound.tcp.close();
  bound.udp.close();
});
