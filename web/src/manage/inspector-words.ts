/** The inspector's reasons as sentences. */
import type { Inspection } from "@parley/contract/inspection";

type Reason = Inspection["bits"][number]["reasons"][number];

export interface InspectorNames {
  person: string;
  role(id: string): string;
  channel(id: string): string;
  member(id: string): string;
}

export function reasonWords(reason: Reason, names: InspectorNames): string {
  switch (reason.kind) {
    case "owner":
      return `${names.person} owns the organisation and may do everything.`;
    case "not_a_member":
      return `${names.person} isn't a member.`;
    case "banned":
      return `${names.person} is banned.`;
    case "timed_out":
      return `${names.person} is timed out and can only see channels until that ends.`;
    case "role":
      return `The role ${names.role(reason.roleId)} gives it.`;
    case "administrator":
      return `The role ${names.role(reason.roleId)} makes ${names.person} an administrator.`;
    case "entry":
      return entryWords(reason, names);
    case "not_inherited":
      return `${names.channel(reason.channelId)} doesn't inherit from above: what roles give counts again, and that ${reason.effect === "give" ? "includes it" : "doesn't include it"}.`;
    case "view_missing":
      return `${names.person} can't see ${names.channel(reason.channelId)}, so nothing is left there or below.`;
    case "connect_missing":
      return `${names.person} can't connect to ${names.channel(reason.channelId)}, and without that it is of no use.`;
  }
}

function entryWords(reason: Extract<Reason, { kind: "entry" }>, names: InspectorNames): string {
  const { subject, effect, channelId } = reason;
  const whom = subject.type === "role" ? `the role ${names.role(subject.id)}` : names.member(subject.id);
  return `In ${names.channel(channelId)}, the entry for ${whom} ${effect === "give" ? "allows" : "denies"} it.`;
}

/** The answer in one sentence; the last reason decides. */
export function verdictWords(
  bit: Inspection["bits"][number],
  permission: string,
  channel: string,
  names: InspectorNames,
): string {
  const may = bit.granted ? "may" : "may not";
  const last = bit.reasons.at(-1);
  const why = last ? reasonWords(last, names) : "No role gives it.";
  return `${names.person} ${may} “${permission}” in ${channel}. ${why}`;
}
