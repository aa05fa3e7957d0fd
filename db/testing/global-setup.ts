/** Before the files of one driver's project run: its server, and a migrated template to copy databases from. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";
import { openDatabase } from "../client.ts";
import type { DriverName } from "../connection.ts";
import { driverOf } from "../drivers/pglite.ts";
import { migrate } from "../migrate.ts";
import { startNeonProxy } from "./neon-proxy.ts";
import { startPostgres } from "./postgres-server.ts";

/** Where tests get databases from. */
export type TestSource =
  | { driver: "pglite" /** A tar of a migrated data directory. */; image: string }
  | {
      driver: "postgres" | "neon" /** The server's `postgres` database. */;
      url: string;
      webSocketProxy?: string;
    };

declare module "vitest" {
  interface ProvidedContext {
    databaseSource: TestSource;
    databaseDriver: DriverName;
  }
}

export const TEMPLATE = "parley_template";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const driver = project.config.provide.databaseDriver as DriverName;
  return driver === "pglite" ? setUpPglite(project) : setUpServer(project, driver);
}

async function setUpPglite(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "parley-image-"));
  const image = join(directory, "migrated.tar");
  const client = await PGlite.create();
  await migrate({
    driver: driverOf(client),
    name: "the tests' image",
    ping: async () => {},
    close: async () => {},
  });
  writeFileSync(image, Buffer.from(await (await client.dumpDataDir("none")).arrayBuffer()));
  await client.close();
  project.provide("databaseSource", { driver: "pglite", image });
  return async () => rmSync(directory, { recursive: true });
}

async function setUpServer(project: TestProject, driver: "postgres" | "neon"): Promise<() => Promise<void>> {
  const server = await startPostgres();
  try {
    const template = await openDatabase(server.url(TEMPLATE));
    await migrate(template);
    await template.close();
  } catch (error) {
    await server.stop();
    throw error;
  }
  const url = server.url("postgres");
  if (driver === "postgres") {
    project.provide("databaseSource", { driver, url });
    return () => server.stop();
  }
  const { hostname, port } = new URL(url);
  const proxy = await startNeonProxy({ host: hostname, port: Number(port) });
  project.provide("databaseSource", { driver, url, webSocketProxy: proxy.address });
  return async () => {
    await proxy.stop();
    await server.stop();
  };
}
