import { expect, test } from "vitest";
import { parseIfMatch } from "./if-match.ts";

test.each([
  [undefined, undefined],
  ["*", undefined],
  ['"a"', ["a"]],
  ['"a", "b"', ["a", "b"]],
  ['W/"a"', []],
  ['"a", W/"b"', ["a"]],
  ["a", []],
  ["", []],
])("If-Match %j names %j", (header, versions) => {
  expect(parseIfMatch(header)).toEqual(versions);
});
