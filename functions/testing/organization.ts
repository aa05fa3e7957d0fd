/** An organisation made through the API, with its owner and members: what tests of rights start from. */
import { sessionResponseSchema } from "@parley/contract/accounts";
import type { ChannelId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import type { TestApp } from "./app.ts";

export const PASSWORD = "correct horse battery";

export interface TestPerson {
  id: UserId;
  name: string;
  token: string;
}

export interface TestOrganization {
  id: OrganizationId;
  owner: TestPerson;
  /** Path of something in it. */
  path(rest?: string): string;
  /** What was asked of it, as JSON; throws where that failed. */
  ask<T>(person: TestPerson, method: string, rest: string, body?: unknown): Promise<T>;
  /** The status and, for a problem, its code. */
  outcome(person: TestPerson, method: string, rest: string, body?: unknown): Promise<string>;
  join(person: TestPerson): Promise<void>;
  role(name: string, permissions: bigint): Promise<RoleId>;
  assign(person: TestPerson, ...roleIds: RoleId[]): Promise<void>;
  channel(name: string, parentId?: ChannelId | null): Promise<ChannelId>;
  everyoneId(): Promise<RoleId>;
}

export async function registerPerson(parley: TestApp, name: string): Promise<TestPerson> {
  const response = await parley.post("/v1/auth/register", { username: name, password: PASSWORD });
  const session = sessionResponseSchema.parse(await response.json());
  return { id: session.user.id, name, token: session.accessToken };
}

export async function makeOrganization(
  parley: TestApp,
  owner: TestPerson,
  tag: string,
): Promise<TestOrganization> {
  const made = await parley.post("/v1/orgs", { name: tag, tag }, owner.token);
  const { id } = (await made.json()) as { id: OrganizationId };
  const path = (rest = "") => `/v1/orgs/${id}${rest}`;
  const send = (person: TestPerson, method: string, rest: string, body?: unknown) =>
    parley.send(method, path(rest), body, person.token);

  async function ask<T>(person: TestPerson, method: string, rest: string, body?: unknown): Promise<T> {
    const response = await send(person, method, rest, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${rest}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
  async function outcome(person: TestPerson, method: string, rest: string, body?: unknown) {
    const response = await send(person, method, rest, body);
    if (response.ok) return String(response.status);
    return `${response.status} ${((await response.json()) as { code: string }).code}`;
  }
  const idOf = async <Id>(asked: Promise<{ id: Id }>) => (await asked).id;
  return {
    id,
    owner,
    path,
    ask,
    outcome,
    async join(person) {
      const { code } = await ask<{ code: string }>(owner, "POST", "/invites", {});
      const response = await parley.post(`/v1/invites/${code}/accept`, undefined, person.token);
      if (!response.ok) throw new Error(await response.text());
    },
    role: (name, permissions) =>
      idOf(ask(owner, "POST", "/roles", { name, permissions: permissions.toString() })),
    assign: (person, ...roleIds) => ask(owner, "PATCH", `/members/${person.id}`, { roleIds }),
    channel: (name, parentId = null) => idOf(ask(owner, "POST", "/channels", { name, parentId })),
    async everyoneId() {
      const { roles } = await ask<{ roles: { id: RoleId; isEveryone: boolean }[] }>(owner, "GET", "/roles");
      return roles.find(({ isEveryone }) => isEveryone)?.id as RoleId;
    },
  };
}
