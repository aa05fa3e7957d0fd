/** The media node alone, which starts in a second. Started by `Arena.openNode`. */
import { nodeIdSchema } from "@parley/contract/ids";
import { createMemoryDirectory } from "@parley/functions/directory/memory";
import { type ExportedKeys, exportKeys, generateKeys, publicJwks } from "@parley/functions/keys";
import { createMediaNode } from "@parley/media-node/node";
import { bindPort } from "@parley/media-node/port/bound-port";
import { servePort } from "@parley/media-node/port/served-port";
import { tellVitals } from "./vitals.ts";

export interface NodeTargetReady {
  port: number;
  bootEpoch: number;
  keys: ExportedKeys;
}

const CLOSE_MS_MAX = 1_000;
const host = "127.0.0.1";
const keys = await generateKeys();
const port = await bindPort({ port: 0, host });
const node = await createMediaNode({
  id: nodeIdSchema.parse("standalone"),
  region: "local",
  port,
  listenHost: host,
  directory: createMemoryDirectory(),
  authorization: {
    lastSeq: async () => 0,
    listAfter: async () => [],
    readPermissions: async () => [],
    onChange: () => () => {},
  },
  fetchKeys: async () => publicJwks(keys, new Date()),
  // Without its guards it has bugs; the counter tells.
  logger: { error: () => {} },
});
const served = await servePort(
  port,
  {
    request: async (_request, response) => response.end(await node.metrics.registry.metrics()),
    upgrade: node.handleUpgrade,
    iceTcp: node.acceptIceTcp,
    onRefused: (reason) => node.metrics.refusedConnections.inc({ reason }),
    onTlsError: () => {},
  },
  undefined,
);
await node.start();
const { bootEpoch } = node.record();
tellVitals(
  { port: port.port, bootEpoch, keys: await exportKeys(keys) } satisfies NodeTargetReady,
  async () => {
    await node.stop();
    await served.close(CLOSE_MS_MAX);
  },
);
