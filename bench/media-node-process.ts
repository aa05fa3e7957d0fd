/** A media node alone, for measuring: its joins are signed by keys that it hands out. */
import { nodeIdSchema } from "@parley/contract/ids";
import { createMemoryDirectory } from "@parley/functions/directory/memory";
import { exportKeys, generateKeys, publicJwks } from "@parley/functions/keys";
import { createMediaNode } from "@parley/media-node/node";
import { bindPort } from "@parley/media-node/port/bound-port";
import { servePort } from "@parley/media-node/port/served-port";
import { serveMeasured } from "./measured-process.ts";
import { UNCHANGING_RIGHTS } from "./unchanging-rights.ts";

const host = "127.0.0.1";
const keys = await generateKeys();
const port = await bindPort({ port: 0, host });
const node = await createMediaNode({
  id: nodeIdSchema.parse("bench"),
  region: "local",
  port,
  listenHost: host,
  directory: createMemoryDirectory(),
  authorization: UNCHANGING_RIGHTS,
  fetchKeys: async () => publicJwks(keys, new Date()),
  logger: { error: (details, message) => process.stderr.write(`${message} ${JSON.stringify(details)}\n`) },
});
await servePort(
  port,
  {
    request: (_request, response) => response.end(),
    upgrade: node.handleUpgrade,
    iceTcp: node.acceptIceTcp,
    onRefused: () => {},
    onTlsError: () => {},
  },
  undefined,
);
await node.start();
const { id, bootEpoch } = node.record();
serveMeasured({ port: port.port, node: { id, bootEpoch }, keys: await exportKeys(keys) });
