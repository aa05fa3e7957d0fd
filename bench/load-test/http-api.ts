/** As much of the HTTP API as a load test needs. */
import type { Organization, SessionResponse } from "@parley/contract/accounts";
import type { Channel } from "@parley/contract/channels";
import type { Assignment } from "@parley/contract/join";

export interface Api {
  organizations(): Promise<Organization[]>;
  channels(organizationId: string): Promise<Channel[]>;
  join(organizationId: string, channelId: string): Promise<Assignment>;
}

/** Throws an Error with the server's own words. Access tokens live for minutes: longer joining needs another. */
export async function logInTo(url: string, username: string, password: string): Promise<Api> {
  const { accessToken } = await request<SessionResponse>(url, "POST", "/v1/auth/login", {
    body: { username, password },
  });
  const asUser = <T>(method: string, path: string, body?: object) =>
    request<T>(url, method, path, { body, accessToken });
  return {
    organizations: async () =>
      (await asUser<{ organizations: Organization[] }>("GET", "/v1/me/organizations")).organizations,
    channels: async (organizationId) =>
      (await asUser<{ channels: Channel[] }>("GET", `/v1/orgs/${organizationId}/channels`)).channels,
    join: (organizationId, channelId) =>
      asUser("POST", `/v1/orgs/${organizationId}/channels/${channelId}/join`, {}),
  };
}

async function request<T>(
  url: string,
  method: string,
  path: string,
  { body, accessToken }: { body?: object | undefined; accessToken?: string },
): Promise<T> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(body ? { "content-type": "application/json" } : {}),
      ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((cause: unknown) => {
    throw new Error(`nothing answers at ${url}; start the server, or set --url`, { cause });
  });
  if (response.status === 429 && path.endsWith("/join"))
    throw new Error("one person may not join so often; start the server with a larger JOINS_PER_MINUTE");
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
