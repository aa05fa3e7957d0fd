import { describe, expect, test } from "vitest";
import { parseStrictJson } from "./strict-json.ts";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

describe("strict JSON", () => {
  test.each([
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}'],
    ['{"a":"\\"a\\":","b":"{[}]"}'],
    ['{"a\\\\":1,"a":2}'],
    [nested(32)],
    ['"text"'],
  ])("takes %s", (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ["a name twice", '{"a":1,"b":{},"a":2}'],
    ["a name twice, once escaped", '{"a":1,"\\u0061":2}'],
    ["a name twice with space before the colon", '{"a" :1,"a"\n:2}'],
    ["__proto__", '{"__proto__":{}}'],
    ["__proto__ in escapes, deep down", '[{"x":{"\\u005f_proto__":1}}]'],
    ["depth 33", nested(33)],
    ["depth 30,000", nested(30_000)],
  ])("refuses %s", (_name, text) => {
    expect(() => parseStrictJson(text)).toThrow(expect.objectContaining({ code: "bad_request" }));
  });

  test.each(["", "{", "{'a':1}", '{"a":1,}', "NaN", '\uFEFF{"a":1'])("calls %j malformed", (text) => {
    expect(() => parseStrictJson(text)).toThrow(expect.objectContaining({ code: "malformed_json" }));
  });
});
