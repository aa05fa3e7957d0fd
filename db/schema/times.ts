/** Every point in time is a `timestamptz`, read as a Date. */
import { timestamp } from "drizzle-orm/pg-core";

export const time = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
