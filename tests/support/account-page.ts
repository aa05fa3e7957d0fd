/** What people do on the page with accounts: register, log in and out, open their settings. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { inBothSchemes, seriousFindings } from "./axe.ts";

/** Of whoever registers here; servers of these tests ask for ten characters. */
export const PASSWORD = "correct horse battery";

export async function register(page: Page, username: string, email = ""): Promise<void> {
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByLabel("User name").fill(username);
  await page.getByText("At least 10 characters").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  if (email !== "") await page.getByLabel(/^Email/).fill(email);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("You aren't a member of an organisation yet").waitFor();
}

export async function enter(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("User name or email").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.locator("form").getByRole("button", { name: "Log in" }).click();
}

export const isIn = (page: Page) => page.getByRole("button", { name: /^Account of/ }).waitFor();
export const openAccount = (page: Page) => page.getByRole("button", { name: /^Account of/ }).click();
export const section = (page: Page, title: string) => page.getByRole("region", { name: title });
export const logOut = async (page: Page) => {
  await page.getByRole("button", { name: "Close account" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("User name or email").waitFor();
};

/** Axe finds nothing serious on what is shown now. */
export const inspect = (page: Page) =>
  inBothSchemes(page, async (scheme) => expect(await seriousFindings(page), scheme).toEqual([]));
