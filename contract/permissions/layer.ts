/** What the entries of each channel say to one member: for everyone, for their roles together, for themselves. */
import type { PlacedEntry } from "./rights-index.ts";

export interface Layer {
  readonly everyone: LayerPart;
  /** Of all roles together only the sum counts: a role's allow outweighs another role's deny. */
  readonly roles: LayerPart;
  readonly user: LayerPart;
  /** Permissions after the entries of the channel at that place: the particular has the last word. */
  apply(place: number, permissions: bigint): bigint;
}

interface LayerPart {
  add(entry: PlacedEntry): void;
}

// Sums stand in typed arrays: a plain bigint would be allocated anew for each of up to 50,000 entries.
export function createLayer(channels: number): Layer {
  const everyone = createPart(channels);
  const roles = createPart(channels);
  const user = createPart(channels);
  return {
    everyone,
    roles,
    user,
    apply: (place, permissions) => user.apply(place, roles.apply(place, everyone.apply(place, permissions))),
  };
}

function createPart(channels: number) {
  const allow = new BigUint64Array(channels);
  const deny = new BigUint64Array(channels);
  return {
    add(entry: PlacedEntry): void {
      allow[entry.channel] = BigInt.asUintN(64, (allow[entry.channel] as bigint) | entry.allow);
      deny[entry.channel] = BigInt.asUintN(64, (deny[entry.channel] as bigint) | entry.deny);
    },
    apply: (place: number, permissions: bigint): bigint =>
      (permissions & ~(deny[place] as bigint)) | (allow[place] as bigint),
  };
}
