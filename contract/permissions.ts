/** The one permission algorithm of Parley: bits, effective permissions, their reasons, and who may change what. */
export * from "./permissions/bits.ts";
export * from "./permissions/effective.ts";
export * from "./permissions/model.ts";
export * from "./permissions/names.ts";
export * from "./permissions/rights-index.ts";
export * from "./permissions/tree.ts";
