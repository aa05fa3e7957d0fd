/** Starts the servers that are measured, each in a process of its own. */
import { START_FLAGS } from "@parley/tests/support/start-flags";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { startChild } from "../child-process.ts";
import type { Target } from "./shape.ts";
import type { ParleyServer } from "./signalling.ts";

const EXPOSE_GC = ["--expose-gc"];
/** `nodeOptions` are further flags of its process. */
export async function startParley(
  workers = 0,
  nodeOptions: readonly string[] = [],
): Promise<Target & { server: ParleyServer }> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), alg: "ES256", use: "sig" };
  const kid = await calculateJwkThumbprint(publicJwk);
  const child = startChild(new URL("./node-process.ts", import.meta.url), [
    ...EXPOSE_GC,
    ...START_FLAGS,
    ...nodeOptions,
  ]);
  const { port, bootEpoch } = await child.call<{ port: number; bootEpoch: number }>("start", {
    keys: { keys: [{ ...publicJwk, kid }] },
    workers,
  });
  return { child, server: { port, bootEpoch, privateKey: { ...(await exportJWK(privateKey)), kid } } };
}

export async function startPlainWerift(): Promise<Target> {
  const child = startChild(new URL("./plain-werift-process.ts", import.meta.url), EXPOSE_GC);
  const { port } = await child.call<{ port: number }>("start");
  return { child, plainPort: port };
}
