/**
 * The ceiling of any node that sends through Node's own sockets: what arrives goes out again as it is, to the next
 * few of all addresses. No keys, no rooms, nobody to decide about.
 */
import type { AddressInfo } from "node:net";
import { bindPort } from "@parley/media-node/port/bound-port";
import { serveParent } from "../child-process.ts";
import { usageNow } from "./process-usage.ts";

const { udp, tcp } = await bindPort({ port: 0, host: "127.0.0.1" });
tcp.close();
let packetsOut = 0;

serveParent({
  /** From each datagram that comes in, `fanOut` go out. */
  start({ ports, fanOut }: { ports: readonly number[]; fanOut: number }) {
    let next = 0;
    udp.on("message", (packet) => {
      for (let n = 0; n < fanOut; n++) {
        udp.send(packet, ports[next] as number, "127.0.0.1");
        next = (next + 1) % ports.length;
        packetsOut++;
      }
    });
    return (udp.address() as AddressInfo).port;
  },
  usage: () => usageNow(packetsOut),
});
