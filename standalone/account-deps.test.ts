import type { Database } from "@parley/db/client";
import { expect, test } from "vitest";
import { openAccountDeps } from "./account-deps.ts";
import { readEnvironment } from "./env.ts";

const logger = { warn() {}, error() {}, info() {} } as never;

/** Nothing is counted here, so nobody asks it. */
const database = {} as Database;

test.each([
  ["without a certificate", {}, "http://localhost:3000"],
  ["with one", { TLS_CERT_FILE: "cert.pem", TLS_KEY_FILE: "key.pem" }, "https://localhost:3000"],
  ["by its own setting", { PUBLIC_URL: "https://talk.example/path" }, "https://talk.example"],
])("the page's address %s is %s", async (_when, settings, address) => {
  const { deps, close } = openAccountDeps(readEnvironment(settings), logger, { database, port: () => 3000 });
  expect(deps.publicUrl()).toBe(address);
  await close();
});
