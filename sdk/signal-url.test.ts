import { expect, test } from "vitest";
import { signalUrl } from "./signal-url.ts";

test.each([
  ["/signal", "http://localhost:3000", "ws://localhost:3000/signal"],
  ["/signal", "https://parley.example", "wss://parley.example/signal"],
  ["/signal", "https://parley.example/some/page?x=1", "wss://parley.example/signal"],
  ["wss://n1.parley.example:3000/signal", "https://parley.example", "wss://n1.parley.example:3000/signal"],
  ["https://n1.parley.example/signal", "http://localhost", "wss://n1.parley.example/signal"],
])("%s asked at %s opens %s", (nodeUrl, baseUrl, expected) => {
  expect(signalUrl(nodeUrl, baseUrl)).toBe(expected);
});
