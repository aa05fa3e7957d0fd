import { defineConfig } from "vitest/config";
import { START_FLAGS } from "./tests/support/start-flags.ts";

const exclude = ["**/node_modules/**", "**/dist/**"];

/** What stands on the database runs once for each of its drivers, printed by name. */
const integration = (databaseDriver: "pglite" | "postgres" | "neon") => ({
  test: {
    name: `integration:${databaseDriver}`,
    include: ["db/**/*.integration.test.ts", "functions/**/*.integration.test.ts"],
    exclude,
    globalSetup: ["db/testing/global-setup.ts"],
    provide: { databaseDriver },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

/** One project for each kind of proof, so that each can run alone: `npm run test:unit` and so on. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...exclude, "**/*.{integration,browser}.test.ts", "tests/architecture.test.ts"],
          // None takes a second by itself; a busy machine makes ten of it.
          testTimeout: 30_000,
        },
      },
      {
        // The unit tests' properties again, as often as is worth waiting for: `npm run test:properties`.
        test: {
          name: "properties",
          include: ["**/*.property.test.ts"],
          exclude,
          env: { FAST_CHECK_RUNS: "10000" },
          testTimeout: 600_000,
        },
      },
      { test: { name: "architecture", include: ["tests/architecture.test.ts"] } },
      integration("pglite"),
      integration("postgres"),
      integration("neon"),
      {
        test: {
          name: "integration",
          execArgv: [...START_FLAGS],
          include: ["tests/**/*.integration.test.ts", "media-node/**/*.integration.test.ts"],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "browser",
          execArgv: [...START_FLAGS],
          include: ["tests/browser/*.browser.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
