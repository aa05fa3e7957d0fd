/** Joins a channel of a running server as often as wanted, the way a client does: log in, ask, say hello. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { greet } from "../media/signalling.ts";
import type { Join } from "../media/voice-load.ts";
import { logInTo } from "./http-api.ts";

export interface ChannelOptions {
  url: string;
  /** Tag or name. */
  organization: string;
  channel: string;
  username: string;
  password: string;
}

/** Throws an Error that says what isn't there. All joins are the same user's, each with a token of its own. */
export async function openChannel(options: ChannelOptions): Promise<{ join: Join }> {
  const api = await logInTo(options.url, options.username, options.password);
  const organizations = await api.organizations();
  const organization = organizations.find(
    ({ tag, name }) => tag === options.organization || name === options.organization,
  );
  if (!organization)
    throw new Error(`${options.username} is in no organisation ${options.organization}; set --org`);
  const channels = await api.channels(organization.id);
  const channel = channels.find(({ name }) => name === options.channel);
  if (!channel)
    throw new Error(
      `${options.organization} has no channel ${options.channel}; set --channel to one of: ` +
        channels.map(({ name }) => name).join(", "),
    );
  const address = await addressOf(options.url);
  return {
    async join(offer) {
      const { node, token } = await api.join(organization.id, channel.id);
      const signal = new URL(node.url, options.url);
      signal.protocol = signal.protocol.replace("http", "ws");
      const { answer, leave } = await greet(signal.href, { type: "hello", versions: [1], token, offer });
      return { answer, address: answer.includes(` ${address} `) ? address : undefined, leave };
    },
  };
}

/** Where the server was reached is where its media will be, if it offers that. */
async function addressOf(url: string): Promise<string> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  if (isIP(host)) return host;
  return (await lookup(host, { family: 4 })).address;
}
