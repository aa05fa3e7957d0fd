import type { Locator } from "playwright-core";

/** Once the page is drawn: a browser takes the focus away from what is disabled, only then. */
export const hasFocus = (locator: Locator): Promise<boolean> =>
  locator.evaluate(async (element) => {
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    return element === document.activeElement;
  });
