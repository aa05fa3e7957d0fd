/** A process of load: one crowd, driven by the benchmark. */
import { serveParent } from "../child-process.ts";
import { type ChannelOptions, openChannel } from "../load-test/server-join.ts";
import { OwnDelay } from "./own-delay.ts";
import { type ParleyServer, parleyJoin, plainJoin } from "./signalling.ts";
import { type Crowd, type Join, type Turns, VoiceLoad } from "./voice-load.ts";

/** Where a crowd goes: rooms of a media node, of the plain server, or a channel of a whole server. */
export interface Destination {
  server?: ParleyServer | undefined;
  /** Of the node's rooms; one of its own where it isn't told. */
  organizationId?: string | undefined;
  plainPort?: number | undefined;
  channel?: ChannelOptions | undefined;
}

export interface Entered {
  joined: number;
  failed: number;
  /** Why the first one of them could not. */
  firstFailure: string | undefined;
}

let load: VoiceLoad | undefined;
let ownDelay: OwnDelay | undefined;

serveParent({
  async enter({ destination, crowd }: { destination: Destination; crowd: Crowd }) {
    load = new VoiceLoad(await joinOf(destination), crowd);
    await load.enter();
    return entered();
  },
  entered,
  replace: (count: number) => load?.replace(count),
  talk: (turns: Turns | undefined) => load?.talk(turns),
  hush: () => load?.hush(),
  take: () => load?.take(),
  leave: () => load?.close(),
  async startOwnDelay() {
    ownDelay = await OwnDelay.start();
  },
  takeOwnDelay: () => ownDelay?.take(),
  cpuSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
});

async function joinOf({ server, organizationId, plainPort, channel }: Destination): Promise<Join> {
  if (channel) return (await openChannel(channel)).join;
  return server ? parleyJoin(server, organizationId) : plainJoin(plainPort ?? 0);
}

function entered(): Entered {
  const [first] = load?.failures ?? [];
  return {
    joined: load?.size ?? 0,
    failed: load?.failures.length ?? 0,
    firstFailure: first instanceof Error ? first.message : first === undefined ? undefined : String(first),
  };
}
