/** The HTTP API as a test speaks it. */
import type { SessionResponse } from "@parley/contract/accounts";
import type { Channel, Present } from "@parley/contract/channels";
import type { Assignment } from "@parley/contract/join";

export interface ApiUser {
  session: SessionResponse;
  channels(): Promise<Channel[]>;
  present(): Promise<Present[]>;
  /** Asks for a place in a channel of the user's first organisation, by its name. */
  join(channelName: string, password?: string): Promise<Assignment>;
  /** The same with one call, by the channel's id. */
  joinChannel(channelId: string): Promise<Assignment>;
}

/** The seeded people's passwords are their names and 123. */
export async function logIn(origin: string, username: string, password = `${username}123`): Promise<ApiUser> {
  const session = await request<SessionResponse>(origin, "POST", "/v1/auth/login", { username, password });
  const asUser = <T>(method: string, path: string, body?: unknown) =>
    request<T>(origin, method, path, body, session.accessToken);
  let path: string | undefined;
  const organizationPath = async () => {
    if (path) return path;
    const answer = await asUser<{ organizations: { id: string }[] }>("GET", "/v1/me/organizations");
    path = `/v1/orgs/${answer.organizations[0]?.id}`;
    return path;
  };
  const channels = async () => {
    const path = `${await organizationPath()}/channels`;
    return (await asUser<{ channels: Channel[] }>("GET", path)).channels;
  };
  return {
    session,
    channels,
    present: async () =>
      (await asUser<{ present: Present[] }>("GET", `${await organizationPath()}/voice`)).present,
    joinChannel: async (channelId) =>
      asUser("POST", `${await organizationPath()}/channels/${channelId}/join`, {}),
    async join(channelName, channelPassword) {
      const channel = (await channels()).find((candidate) => candidate.name === channelName);
      const body = channelPassword === undefined ? {} : { password: channelPassword };
      return asUser("POST", `${await organizationPath()}/channels/${channel?.id}/join`, body);
    },
  };
}

/** Throws what the server answered when that is no success. */
export async function request<T>(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  accessToken?: string,
): Promise<T> {
  const response = await fetch(new URL(path, origin), {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}
