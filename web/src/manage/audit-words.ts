/** The audit log in plain words. */
import type { AuditEntry } from "@parley/contract/audit-log";

export interface Names {
  roles: ReadonlyMap<string, string>;
  channels: ReadonlyMap<string, string>;
  members: ReadonlyMap<string, string>;
}

/** `{}` is the target. */
const DEEDS: Readonly<Record<string, string>> = {
  "organization.seed": "made the demo organisation",
  "organization.create": "created the organisation",
  "organization.update": "changed the organisation",
  "organization.transfer": "handed the organisation over",
  "organization.delete": "deleted the organisation",
  "member.join": "joined",
  "member.leave": "left",
  "member.update": "changed {}",
  "member.kick": "kicked {}",
  "member.ban": "banned {}",
  "member.unban": "lifted the ban of {}",
  "member.time_out": "timed {} out",
  "member.time_out_end": "ended the time-out of {}",
  "role.create": "created the role {}",
  "role.update": "changed the role {}",
  "role.delete": "deleted the role {}",
  "role.reorder": "reordered the roles",
  "invite.create": "made an invite",
  "invite.revoke": "took an invite back",
  "channel.create": "created the channel {}",
  "channel.update": "changed the channel {}",
  "channel.move": "moved the channel {}",
  "channel.delete": "deleted the channel {}",
  "channel.password_set": "set the password of {}",
  "channel.password_clear": "took the password of {} away",
  "channel.acl": "changed who may do what in {}",
  "voice.move": "moved {}",
  "voice.disconnect": "took {} out of voice",
  "voice.update": "muted or deafened {}",
};

export const AUDIT_ACTIONS: readonly (readonly [action: string, words: string])[] = Object.entries(DEEDS).map(
  ([action, words]) => [action, words.replace(/ ?\{\}/, "")] as const,
);

/** “alice kicked bob”, or “mallory tried to, but may not: kicked bob”. */
export function auditWords(entry: AuditEntry, names: Names): string {
  const deed = (DEEDS[entry.action] ?? entry.action).replace("{}", targetWords(entry, names));
  return entry.outcome === "denied" ? `was refused: ${deed}` : deed;
}

/** Nobody is whoever runs the server, at its command line. */
export const actorWords = ({ actor }: AuditEntry): string =>
  actor === null ? "The operator" : (actor.username ?? "somebody who is gone");

function targetWords({ target, before, after }: AuditEntry, names: Names): string {
  const kept = [after?.name, before?.name].find((name) => typeof name === "string");
  const id = target?.id ?? "";
  const known =
    target?.name ?? names.members.get(id) ?? names.roles.get(id) ?? names.channels.get(id) ?? kept;
  return typeof known === "string" ? known : "something that is gone";
}
