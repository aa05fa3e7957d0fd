/** What differs between two lists of entries of one channel, subject by subject. */
import { CHANNEL_BITS } from "./bits.ts";
import type { AclEntry, AclSubject } from "./model.ts";

export interface AclDifference {
  subject: AclSubject;
  /** Bits that change in the channel itself, and in what channels below inherit from it. */
  here: bigint;
  below: bigint;
  /** Whether anything is taken from the subject, here or below. */
  narrows: boolean;
}

export function differencesOf(before: readonly AclEntry[], after: readonly AclEntry[]): AclDifference[] {
  const ids = new Set([...before, ...after].map(({ subject }) => subject.id));
  return [...ids].flatMap((id) => {
    const old = before.filter(({ subject }) => subject.id === id);
    const young = after.filter(({ subject }) => subject.id === id);
    const { subject } = (old[0] ?? young[0]) as AclEntry;
    const here = compare(sumOf(old), sumOf(young));
    const below = compare(sumOf(old.filter(flowsDown)), sumOf(young.filter(flowsDown)));
    const difference = { subject, here: here.touched, below: below.touched };
    if (difference.here === 0n && difference.below === 0n) return [];
    return [{ ...difference, narrows: (here.taken | below.taken) !== 0n }];
  });
}

interface Said {
  allow: bigint;
  deny: bigint;
}

const flowsDown = ({ appliesTo }: AclEntry): boolean => appliesTo === "here_and_below";

const sumOf = (entries: readonly AclEntry[]): Said => ({
  allow: entries.reduce((sum, { allow }) => sum | allow, 0n) & CHANNEL_BITS,
  deny: entries.reduce((sum, { deny }) => sum | deny, 0n) & CHANNEL_BITS,
});

const compare = (before: Said, after: Said) => ({
  touched: (before.allow ^ after.allow) | (before.deny ^ after.deny),
  taken: (after.deny & ~before.deny) | (before.allow & ~after.allow),
});
