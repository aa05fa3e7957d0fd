/** What exactly an entry of the audit log changed, as lines of words. */
import type { AuditEntry } from "@parley/contract/audit-log";
import { namesOf } from "@parley/contract/permissions";
import type { Names } from "./audit-words.ts";

/** Fields that the sentence above says already, or that say nothing to people. */
const SAID = new Set(["refused", "hasPassword"]);
const LABELS: Readonly<Record<string, string>> = {
  name: "Name",
  tag: "Tag",
  nickname: "Nickname",
  topic: "Topic",
  position: "Rank",
  permissions: "Permissions",
  roleIds: "Roles",
  order: "Order, the lowest first",
  userLimit: "Most people at once",
  bitrateBps: "Bits a second",
  region: "Region",
  inherit: "Inherits",
  parentId: "Below",
  afterId: "Behind",
  ownerId: "Owner",
  durationSeconds: "Seconds",
  invites: "Open invites that ended",
  everyoneOut: "Everybody was taken out",
};

export function auditDetails({ before, after }: AuditEntry, names: Names): string[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields]
    .filter((field) => !SAID.has(field))
    .flatMap((field) => lines(field, before?.[field], after?.[field], names));
}

function lines(field: string, before: unknown, after: unknown, names: Names): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const label = LABELS[field] ?? field;
  if (field === "permissions") return difference(label, bitNames(before), bitNames(after));
  if (field === "roleIds") return difference(label, idNames(before, names), idNames(after, names));
  if (field === "entries") return entryLines(before, after, names);
  const from = words(before, names);
  const to = words(after, names);
  if (from === undefined) return to === undefined ? [] : [`${label}: ${to}`];
  return [to === undefined ? `${label} was: ${from}` : `${label}: ${from} → ${to}`];
}

function difference(label: string, before: readonly string[], after: readonly string[]): string[] {
  const given = after.filter((name) => !before.includes(name));
  const taken = before.filter((name) => !after.includes(name));
  return [
    ...(given.length > 0 ? [`${label} given: ${given.join(", ")}`] : []),
    ...(taken.length > 0 ? [`${label} taken: ${taken.join(", ")}`] : []),
  ];
}

interface Entry {
  subject: { type: string; id: string };
  allow: string;
  deny: string;
  appliesTo: string;
}

/** One line for each role or person whose entry is another one now. */
function entryLines(before: unknown, after: unknown, names: Names): string[] {
  const was = new Map(entriesOf(before).map((entry) => [entry.subject.id, entry]));
  const is = new Map(entriesOf(after).map((entry) => [entry.subject.id, entry]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((id) => {
    const [from, to] = [was.get(id), is.get(id)];
    if (JSON.stringify(from) === JSON.stringify(to)) return [];
    return [`Entry for ${nameOf(id, names)}: ${entryWords(from)} → ${entryWords(to)}`];
  });
}

function entryWords(entry: Entry | undefined): string {
  if (!entry) return "none";
  const part = (verb: string, bits: string) => {
    const listed = bitNames(bits);
    return listed.length === 0 ? [] : [`${verb} ${listed.join(", ")}`];
  };
  const said = [...part("allows", entry.allow), ...part("denies", entry.deny)];
  const where = entry.appliesTo === "here" ? "here only" : "here and below";
  return `${said.length === 0 ? "changes nothing" : said.join("; ")} (${where})`;
}

const entriesOf = (value: unknown): Entry[] => (Array.isArray(value) ? (value as Entry[]) : []);

const bitNames = (value: unknown): string[] =>
  typeof value === "string" && /^\d{1,19}$/.test(value) ? namesOf(BigInt(value)).map(({ name }) => name) : [];

const idNames = (value: unknown, names: Names): string[] =>
  Array.isArray(value) ? value.map((id) => nameOf(String(id), names)) : [];

function words(value: unknown, names: Names): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map((one) => nameOf(String(one), names)).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return value === "" ? "empty" : nameOf(String(value), names);
}

/** The name behind an id, as far as it is known; what is no id says itself. */
const nameOf = (text: string, { members, roles, channels }: Names): string =>
  members.get(text) ?? roles.get(text) ?? channels.get(text) ?? text;
