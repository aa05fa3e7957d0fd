/** The measured process: a whole media node, signalling included, with a directory of its own. */
import { nodeIdSchema } from "@parley/contract/ids";
import type { NodeDirectory } from "@parley/contract/node-directory";
import { createMediaNode, type MediaNode } from "@parley/media-node/node";
import { type BoundPort, bindPort } from "@parley/media-node/port/bound-port";
import { servePort } from "@parley/media-node/port/served-port";
import type { JSONWebKeySet } from "jose";
import { serveParent } from "../child-process.ts";
import { UNCHANGING_RIGHTS } from "../unchanging-rights.ts";
import { collectGarbage, usageNow } from "./process-usage.ts";

const DIRECTORY: NodeDirectory = {
  heartbeat: async () => {},
  findNode: async () => undefined,
  listNodes: async () => [],
  setPresence: async () => {},
  listPresence: async () => [],
};

const PORT_ATTEMPTS = 20;

let node: MediaNode | undefined;

serveParent({
  async start({ keys, workers }: { keys: JSONWebKeySet; workers: number }) {
    const [port, started] = await open(keys, workers);
    node = started;
    const unused = (_request: unknown, response: { end(): void }) => response.end();
    await servePort(
      port,
      {
        request: unused,
        upgrade: node.handleUpgrade,
        iceTcp: node.acceptIceTcp,
        onRefused: () => {},
        onTlsError: () => {},
      },
      undefined,
    );
    await node.start();
    return { port: port.port, bootEpoch: node.record().bootEpoch };
  },
  usage: async () => usageNow((await node?.counts())?.packetsOut ?? 0),
  counts: () => node?.counts(),
  collectGarbage,
});

/** Workers take the ports after the node's own, any of which somebody may have. */
async function open(keys: JSONWebKeySet, workers: number): Promise<[BoundPort, MediaNode]> {
  for (let attempt = 1; ; attempt++) {
    const port = await bindPort({ port: 0, host: "127.0.0.1" });
    try {
      const opened = await createMediaNode({
        id: nodeIdSchema.parse("bench"),
        region: "local",
        port,
        listenHost: "127.0.0.1",
        workers,
        directory: DIRECTORY,
        authorization: UNCHANGING_RIGHTS,
        fetchKeys: async () => keys,
        logger: { error: (details, message) => console.error(message, details) },
      });
      return [port, opened];
    } catch (error) {
      if (workers === 0 || attempt === PORT_ATTEMPTS) throw error;
      port.tcp.close();
      port.udp.close();
    }
  }
}
