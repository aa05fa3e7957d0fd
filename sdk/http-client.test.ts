import { myOrganizationsResponseSchema } from "@parley/contract/accounts";
import { AppError, toProblem } from "@parley/contract/errors";
import { expect, test } from "vitest";
import { apiRequest } from "./api-request.ts";
import { HttpClient } from "./http-client.ts";

const request = apiRequest("GET", "/v1/me/organizations");

function answering(answer: () => Response) {
  const seen: { url: string; headers: Headers }[] = [];
  const http = new HttpClient("http://parley.example", async (input, init) => {
    seen.push({ url: String(input), headers: new Headers(init?.headers) });
    return answer();
  });
  return { seen, get: () => http.get(request, myOrganizationsResponseSchema, "secret") };
}

test("a request goes to the base URL with the token as Bearer", async () => {
  const { seen, get } = answering(() => Response.json({ organizations: [] }));
  await expect(get()).resolves.toEqual({ organizations: [] });
  expect(seen[0]?.url).toBe("http://parley.example/v1/me/organizations");
  expect(seen[0]?.headers.get("authorization")).toBe("Bearer secret");
});

test("problem details become an error with their code and fields", async () => {
  const errors = [{ path: "password", code: "too_short" }];
  const problem = toProblem(new AppError("validation_failed", { errors }), "r1");
  const { get } = answering(() => Response.json(problem, { status: 422 }));
  await expect(get()).rejects.toMatchObject({ code: "validation_failed", errors });
});

test.each([
  [502, "unavailable"],
  [401, "unauthenticated"],
  [418, "bad_response"],
])("a proxy's own %i page becomes %s", async (status, code) => {
  const { get } = answering(() => new Response("<html>", { status }));
  await expect(get()).rejects.toMatchObject({ code });
});

test("an answer of another shape is refused", async () => {
  const { get } = answering(() => Response.json({ organizations: "many" }));
  await expect(get()).rejects.toMatchObject({ code: "bad_response" });
});

test("a server that can't be reached is a network_error", async () => {
  const { get } = answering(() => {
    throw new TypeError("fetch failed");
  });
  await expect(get()).rejects.toMatchObject({ code: "network_error" });
});
