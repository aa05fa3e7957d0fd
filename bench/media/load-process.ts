/** A process of load: one crowd, driven by the benchmark. */
import { serveParent } from "../child-process.ts";
import { type ParleyServer, parleyJoin, plainJoin } from "./signalling.ts";
import { type Crowd, VoiceLoad } from "./voice-load.ts";

let load: VoiceLoad | undefined;

serveParent({
  async enter({ server, plainPort, crowd }: { server?: ParleyServer; plainPort?: number; crowd: Crowd }) {
    const join = server ? parleyJoin(server) : plainJoin(plainPort ?? 0);
    load = new VoiceLoad(join, crowd);
    await load.enter();
    if (load.failures.length > 0) throw load.failures[0];
  },
  talk: () => load?.talk(),
  hush: () => load?.hush(),
  take: () => load?.take(),
  leave: () => load?.close(),
  cpuSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
});
