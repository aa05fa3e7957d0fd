/** Tests of what only some drivers have. They aren't skipped elsewhere: there they don't exist. */
import { inject } from "vitest";
import type { DriverName } from "../connection.ts";

export function onDrivers(names: readonly DriverName[], define: () => void): void {
  if (names.includes(inject("databaseDriver"))) define();
}
