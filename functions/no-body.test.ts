import { Hono } from "hono";
import { expect, test } from "vitest";
import type { AppEnv } from "./app-deps.ts";
import { noBody } from "./no-body.ts";
import { handleError } from "./problem-response.ts";

const app = new Hono<AppEnv>();
app.onError(handleError({ info() {}, warn() {}, error() {} }));
app.all("/", noBody, (c) => c.body(null, 204));

const JSON_TYPE = { "content-type": "application/json" };
const send = async (method: string, body: BodyInit | undefined, headers: Record<string, string>) => {
  const response = await app.request("/", { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return text === "" ? response.status : (JSON.parse(text) as { code: string }).code;
};

test.each<[string, BodyInit | undefined, Record<string, string>]>([
  ["no body", undefined, {}],
  ["an empty body", new Uint8Array(), {}],
  ["an object without fields", " { } ", JSON_TYPE],
])("a route that takes nothing takes %s", async (_what, body, headers) => {
  for (const method of ["POST", "DELETE"]) expect(await send(method, body, headers)).toBe(204);
});

test.each([
  ["a field", '{"x":1}'],
  ["a list", "[]"],
  ["null", "null"],
  ["a text", '"x"'],
])("a route that takes nothing refuses %s", async (_what, body) => {
  for (const method of ["POST", "DELETE"]) {
    expect(await send(method, body, JSON_TYPE)).toBe("validation_failed");
  }
});
