/** What tests of the page press and wait for, by the names that people see. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** `page` is asked at each use: tests open theirs later. */
export function pageControls(page: () => Page) {
  const button = (name: string | RegExp, on = page()): Locator =>
    on.getByRole("button", { name, exact: true });
  return {
    button,
    tab: (name: string): Locator => page().getByRole("tab", { name, exact: true }),
    dialog: (on = page()): Locator => on.getByRole("dialog"),
    async openSettings(channel: string): Promise<void> {
      await page()
        .getByRole("treeitem", { name: new RegExp(`^${channel}`) })
        .hover();
      await button(`Settings of ${channel}`).click();
    },
  };
}

/** The machine may be busy with much else. */
export const poll = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });
