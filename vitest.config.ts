import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/dist/**"];

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
      { test: { name: "architecture", include: ["tests/architecture.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["**/*.integration.test.ts"],
          exclude,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["tests/browser/*.browser.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
