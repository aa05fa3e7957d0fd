/** Joins a channel of a running server as often as wanted, the way a client does: log in, ask, say hello. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { greet } from "../media/signalling.ts";
import type { Join } from "../media/voice-load.ts";
import { type Api, logInTo } from "./http-api.ts";

export interface ChannelOptions {
  url: string;
  /** Tag or name. */
  organization: string;
  channel: string;
  /** A "#" in it is the number of an account, from `firstAccount` on; without one everybody is the same user. */
  username: string;
  password: string;
  firstAccount: number;
}

/** Throws an Error that says what isn't there. */
export async function openChannel(options: ChannelOptions): Promise<{ join: Join }> {
  const { url, password, firstAccount } = options;
  const usernameOf = (member: number) => options.username.replace("#", `${firstAccount + member}`);
  const first = await logInTo(url, usernameOf(0), password);
  const { organizationId, channelId } = await findChannel(first, options, usernameOf(0));
  const address = await addressOf(url);
  const apis = new Map<string, Promise<Api>>([[usernameOf(0), Promise.resolve(first)]]);
  const apiOf = (username: string) => {
    const known = apis.get(username) ?? logInTo(url, username, password);
    apis.set(username, known);
    return known;
  };
  return {
    async join(offer, _room, member) {
      const api = await apiOf(usernameOf(member));
      const { node, token } = await api.join(organizationId, channelId);
      const signal = new URL(node.url, url);
      signal.protocol = signal.protocol.replace("http", "ws");
      const { answer, leave } = await greet(signal.href, { type: "hello", versions: [1], token, offer });
      return { answer, address: answer.includes(` ${address} `) ? address : undefined, leave };
    },
  };
}

async function findChannel(api: Api, options: ChannelOptions, username: string) {
  const organizations = await api.organizations();
  const organization = organizations.find(
    ({ tag, name }) => tag === options.organization || name === options.organization,
  );
  if (!organization) throw new Error(`${username} is in no organisation ${options.organization}; set --org`);
  const channels = await api.channels(organization.id);
  const channel = channels.find(({ name }) => name === options.channel);
  if (!channel)
    throw new Error(
      `${options.organization} has no channel ${options.channel}; set --channel to one of: ` +
        channels.map(({ name }) => name).join(", "),
    );
  return { organizationId: organization.id, channelId: channel.id };
}

/** Where the server was reached is where its media will be, if it offers that. */
async function addressOf(url: string): Promise<string> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  if (isIP(host)) return host;
  return (await lookup(host, { family: 4 })).address;
}
