/** `bytea`, for hashes. Each driver has its own idea of bytes; all of them understand the hex text form. */
import { customType } from "drizzle-orm/pg-core";

export const bytes = customType<{ data: Uint8Array; driverData: unknown }>({
  dataType: () => "bytea",
  toDriver: (value) => `\\x${Buffer.from(value).toString("hex")}`,
  fromDriver: (value) => {
    if (value instanceof Uint8Array) return value;
    return Uint8Array.from(Buffer.from(String(value).replace(/^\\x/, ""), "hex"));
  },
});
