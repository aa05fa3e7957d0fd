/** `bytea`, for hashes. All drivers take bytes; one gives them back in Postgres' hex form. */
import { customType } from "drizzle-orm/pg-core";

export const bytes = customType<{ data: Uint8Array; driverData: unknown }>({
  dataType: () => "bytea",
  fromDriver: (value) => {
    if (value instanceof Uint8Array) return new Uint8Array(value);
    return Uint8Array.from(Buffer.from(String(value).replace(/^\\x/, ""), "hex"));
  },
});
