/** The demo organisation of a test server, as its owner changes it through the API. */
import { type ApiUser, logIn, request } from "./api.ts";
import type { TestServer } from "./server.ts";

export interface Named {
  id: string;
  name: string;
}

export type DemoOrganization = Awaited<ReturnType<typeof openDemoOrganization>>;

export async function openDemoOrganization({ origin }: TestServer) {
  const owner: ApiUser = await logIn(origin, "demo");
  /** Of anything that is the owner's. */
  const asOwner = <T>(method: string, path: string, body?: unknown) =>
    request<T>(origin, method, path, body, owner.session.accessToken);
  const mine = await asOwner<{ organizations: Named[] }>("GET", "/v1/me/organizations");
  const path = `/v1/orgs/${mine.organizations[0]?.id}`;
  /** Of something in the organisation. */
  const ask = <T>(method: string, rest: string, body?: unknown) => asOwner<T>(method, `${path}${rest}`, body);
  const invite = async (settings: { usesMax?: number } = {}) =>
    (await ask<{ code: string }>("POST", "/invites", settings)).code;
  return {
    path,
    asOwner,
    ask,
    invite,
    channels: owner.channels,
    channel: async (name: string) => (await owner.channels()).find((one) => one.name === name),
    async memberId(name: string): Promise<string> {
      const { items } = await ask<{ items: { userId: string }[] }>("GET", `/members?name=${name}`);
      return items[0]?.userId ?? "";
    },
    /** By an invite that is used up by it, with the seeded password. */
    async comeBack(name: string): Promise<void> {
      const { session } = await logIn(origin, name);
      const code = await invite({ usesMax: 1 });
      await request(origin, "POST", `/v1/invites/${code}/accept`, undefined, session.accessToken);
    },
  };
}
