/** The one permission algorithm of Parley: bits, effective permissions, their reasons, and who may change what. */
export * from "./permissions/bits.ts";
export * from "./permissions/change.ts";
export * from "./permissions/effective.ts";
export * from "./permissions/explain.ts";
export * from "./permissions/gain.ts";
export * from "./permissions/guards.ts";
export * from "./permissions/model.ts";
export * from "./permissions/moderation.ts";
export * from "./permissions/names.ts";
export * from "./permissions/rank.ts";
export * from "./permissions/reach.ts";
export * from "./permissions/refusal.ts";
export * from "./permissions/rights-index.ts";
export * from "./permissions/touched-bits.ts";
export * from "./permissions/tree.ts";
