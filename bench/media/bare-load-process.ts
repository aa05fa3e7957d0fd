/** Sends to a bare relay at an even pace, and takes what it sends to each of many sockets. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { serveParent } from "../child-process.ts";

/** As the voices of voice-load.ts: sent in lumps, packets would queue behind one another. */
const PACE_MS = 1;
const listeners: Socket[] = [];

serveParent({
  async open({ sockets }: { sockets: number }) {
    for (let n = 0; n < sockets; n++) {
      const socket = createSocket("udp4").bind(0, "127.0.0.1");
      await once(socket, "listening");
      socket.on("message", () => {});
      listeners.push(socket);
    }
    return listeners.map((socket) => socket.address().port);
  },
  talk({
    port,
    packetsPerSecond,
    packetBytes,
  }: {
    port: number;
    packetsPerSecond: number;
    packetBytes: number;
  }) {
    const packet = Buffer.alloc(packetBytes, 0x5a);
    const startMs = performance.now();
    let sent = 0;
    setInterval(() => {
      const due = ((performance.now() - startMs) / 1_000) * packetsPerSecond;
      // From one of them, or another, as voices come from whom they go to.
      for (; sent < due; sent++) listeners[sent % listeners.length]?.send(packet, port, "127.0.0.1");
    }, PACE_MS);
  },
});
