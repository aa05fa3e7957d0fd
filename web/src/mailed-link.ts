/** What a mailed link asks for: it stands in the address's fragment, which no server gets to see. */
export type MailedLink = { kind: "verify" | "reset"; token: string };

/** Takes the link out of the address, so that no history keeps the token. */
export function takeMailedLink(): MailedLink | undefined {
  const [, kind, token] = /^#(verify|reset)=([\w-]+)$/.exec(location.hash) ?? [];
  if (kind === undefined || token === undefined) return undefined;
  history.replaceState(null, "", location.pathname + location.search);
  return { kind: kind as MailedLink["kind"], token };
}
