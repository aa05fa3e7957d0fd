import type { InviteId, OrganizationId } from "@parley/contract/ids";
import { expect, test } from "vitest";
import { apiRequest, nothing } from "./api-request.ts";
import { HttpClient } from "./http-client.ts";

test("parameters go into the path, encoded, and the query into the search, without what is empty", () => {
  expect(apiRequest("GET", "/v1/invites/{code}", { params: { code: "a/b?c" } })).toEqual({
    method: "GET",
    path: "/v1/invites/a%2Fb%3Fc",
  });
  const params = { org: "01890a5d" as OrganizationId };
  const query = { name: "Zoë & co", cursor: "", limit: 20 };
  expect(apiRequest("GET", "/v1/orgs/{org}/members", { params, query }).path).toBe(
    "/v1/orgs/01890a5d/members?name=Zo%C3%AB+%26+co&limit=20",
  );
});

test("the compiler refuses what the OpenAPI document doesn't have", async () => {
  // @ts-expect-error no such path
  apiRequest("GET", "/v1/nothing");
  // @ts-expect-error no such method there
  apiRequest("PATCH", "/v1/me/organizations");
  // @ts-expect-error the body lacks a field
  apiRequest("POST", "/v1/auth/login", { body: { username: "demo" } });
  // @ts-expect-error a body where none is taken
  apiRequest("GET", "/v1/me", { body: {} });
  // @ts-expect-error a parameter is missing
  apiRequest("DELETE", "/v1/orgs/{org}/invites/{invite}", { params: { invite: "id" as InviteId } });
  // @ts-expect-error a parameter of another path
  apiRequest("GET", "/v1/orgs/{org}", { params: { org: "id", user: "id" } });
  const http = new HttpClient("http://parley.example", async () => new Response(null, { status: 204 }));
  // @ts-expect-error a schema of another answer
  await http.get(apiRequest("GET", "/v1/me"), nothing);
  await expect(http.get(apiRequest("POST", "/v1/auth/logout"), nothing)).resolves.toBeUndefined();
});
