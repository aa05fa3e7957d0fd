import { describe, expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function logging() {
  const lines: string[] = [];
  return { lines, logger: createLogger("debug", { write: (line: string) => void lines.push(line) }) };
}

describe("the log", () => {
  test.each([
    [{ password: "canary" }],
    [{ body: { password: "canary", username: "dora" } }],
    [{ request: { body: { refreshToken: "canary" } } }],
    [{ headers: { authorization: "Bearer canary", cookie: "parley_refresh=canary" } }],
    [{ response: { headers: { "set-cookie": "parley_refresh=canary" } } }],
    [{ session: { accessToken: "canary" } }],
    [{ code: "canary" }],
    [{ enrolment: { secret: "canary", recoveryCodes: ["canary"] } }],
  ])("leaves out what opens a door: %j", (fields) => {
    const { lines, logger } = logging();
    logger.info(fields, "said");
    expect(lines.join("")).toContain("said");
    expect(lines.join("")).not.toContain("canary");
  });

  test("keeps of an error what it is and where, not the parameters of its query", () => {
    const { lines, logger } = logging();
    const cause = Object.assign(new Error("duplicate key"), {
      code: "23505",
      detail: "Key (email)=(canary) exists.",
    });
    const message = "Failed query: insert into users values ($1)\nparams: canary,canary\nmore of canary";
    const error = Object.assign(new Error(message, { cause }), { params: ["canary"], query: "insert" });
    logger.error({ err: error }, "request failed");
    const line = lines.join("");
    expect(line).toContain("insert into users values ($1)");
    expect(line).toContain("duplicate key");
    expect(line).toContain("logger.test.ts");
    expect(line).not.toContain("canary");
  });
});
