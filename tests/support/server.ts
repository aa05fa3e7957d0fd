/** A real standalone server on a free port with a data directory of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionResponse } from "@parley/contract/accounts";
import type { Channel } from "@parley/contract/channels";
import type { Assignment } from "@parley/contract/join";
import { readEnvironment } from "@parley/standalone/env";
import { startServer } from "@parley/standalone/server";
import { pino } from "pino";

export interface TestServer {
  origin: string;
  stop(): Promise<void>;
  login(username: string, password?: string): Promise<TestUser>;
}

export interface TestUser {
  session: SessionResponse;
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Joins a channel of the demo organisation by its name. */
  join(channelName: string, password?: string): Promise<Assignment>;
  organizationId(): Promise<string>;
}

export async function startTestServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), "parley-test-"));
  const env = readEnvironment({ PORT: "0", HOST: "127.0.0.1", DATA_DIR: directory });
  const server = await startServer(env, pino({ level: "warn" }, pino.destination({ dest: 2, sync: true })));
  const origin = `http://localhost:${server.port}`;
  return {
    origin,
    login: (username, password = `${username}123`) => login(origin, username, password),
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function login(origin: string, username: string, password: string): Promise<TestUser> {
  const session = await request<SessionResponse>(origin, "POST", "/v1/auth/login", { username, password });
  const asUser = <T>(method: string, path: string, body?: unknown) =>
    request<T>(origin, method, path, body, session.accessToken);
  const organizationId = async () => {
    const answer = await asUser<{ organizations: { id: string }[] }>("GET", "/v1/me/organizations");
    return answer.organizations[0]?.id ?? "";
  };
  return {
    session,
    request: asUser,
    organizationId,
    async join(channelName, password) {
      const org = await organizationId();
      const { channels } = await asUser<{ channels: Channel[] }>("GET", `/v1/orgs/${org}/channels`);
      const channel = channels.find((candidate) => candidate.name === channelName);
      const body = password === undefined ? {} : { password };
      return asUser("POST", `/v1/orgs/${org}/channels/${channel?.id}/join`, body);
    },
  };
}

async function request<T>(
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
