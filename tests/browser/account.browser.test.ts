/** A person and their account, at a real browser against the whole product. */
import { ensurePage } from "@parley/standalone/page";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  enter,
  inspect,
  isIn,
  logOut,
  openAccount,
  PASSWORD,
  register,
  section,
} from "../support/account-page.ts";
import { logIn } from "../support/api.ts";
import { mailedLink } from "../support/outbox.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

declare global {
  interface Window {
    parley: import("@parley/sdk/voice-client").VoiceClient;
  }
}

let server: TestServer;
const people: Person[] = [];
const violations: string[] = [];

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer({ PASSWORD_MIN_LENGTH: "10" });
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(people.splice(0).map((person) => person.close()));
});
afterAll(() => server.stop());

/** A page of a browser of their own. */
async function open(name: string): Promise<Page> {
  const person = await openPerson({ origin: server.origin, name, toneHz: 440 });
  people.push(person);
  person.page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) violations.push(message.text());
  });
  return person.page;
}

describe("a session", () => {
  it("outlives reloads and closed tabs, keeps its secrets from scripts, and ends with log-out", async () => {
    const page = await open("dora");
    await register(page, "dora");
    for (let n = 0; n < 2; n++) {
      await page.reload();
      await isIn(page);
    }
    const second = await page.context().newPage();
    await second.goto(server.origin);
    await isIn(second);
    const kept = await page.evaluate(() => [
      document.cookie,
      ...Object.values(localStorage),
      ...Object.values(sessionStorage),
    ]);
    expect(kept).toEqual(["", "yes"]);
    const [cookie] = await page.context().cookies(server.origin);
    expect(cookie).toMatchObject({ name: "parley_refresh", httpOnly: true, sameSite: "Strict" });

    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("User name or email").waitFor();
    await page.reload();
    await page.getByLabel("User name or email").waitFor();
    expect(await page.context().cookies(server.origin)).toEqual([]);
  });

  it("is renewed when its access token has run out, without a word", async () => {
    const page = await open("bob");
    await enter(page, "bob", "bob123");
    await page.getByRole("tree").waitFor();
    const before = await page.evaluate(() => window.parley.session?.accessToken);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
    const renewed = await page.evaluate(async () => {
      await window.parley.organizations();
      return window.parley.session?.accessToken;
    });
    expect(renewed).not.toBe(before);
  });

  it("is listed beside the others, which can be ended", async () => {
    const page = await open("alice");
    const elsewhere = await logIn(server.origin, "alice");
    await enter(page, "alice", "alice123");
    await isIn(page);
    await openAccount(page);
    const list = section(page, "Where you are logged in");
    await list.getByText("(this one)").waitFor();
    expect(await list.getByRole("listitem").count()).toBe(2);
    await list.getByRole("button", { name: "End" }).click();
    await expect.poll(() => list.getByRole("listitem").count()).toBe(1);
    await expect(elsewhere.channels()).rejects.toThrow(/401/);
  });

  it("ends in all browsers at a click", async () => {
    const [page, other] = [await open("hana"), await open("hana elsewhere")];
    await register(page, "hana");
    await enter(other, "hana", PASSWORD);
    await isIn(other);
    await openAccount(page);
    await section(page, "Where you are logged in")
      .getByRole("button", { name: "Log out everywhere" })
      .click();
    await page.getByLabel("User name or email").waitFor();
    for (const each of [page, other]) {
      await each.reload();
      await each.getByLabel("User name or email").waitFor();
    }
  });
});

describe("the account", () => {
  it("changes its password after proving who it is, gets a confirmed email, and comes back by a mailed link", async () => {
    const email = "erik@example.com";
    const page = await open("erik");
    await register(page, "erik");
    await openAccount(page);

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6 * 60_000 });
    const password = section(page, "Password");
    await password.getByLabel("New password").fill("password1234");
    await password.getByRole("button", { name: "Change password" }).click();
    const proof = page.getByRole("dialog", { name: "Is it you?" });
    await proof.getByLabel("Current password").fill("not it");
    await proof.getByRole("button", { name: "Continue" }).click();
    await proof.getByText("That is not your password.").waitFor();
    await inspect(page);
    await proof.getByLabel("Current password").fill(PASSWORD);
    await proof.getByRole("button", { name: "Continue" }).click();
    await password.getByText(/less common password/).waitFor();
    await password.getByLabel("New password").fill("another fine passphrase");
    await password.getByRole("button", { name: "Change password" }).click();
    await password.getByText(/^Changed/).waitFor();

    const mail = section(page, "Email");
    await mail.getByLabel("New email").fill(email);
    await mail.getByRole("button", { name: "Change email" }).click();
    await mail.getByText(/link is on its way/).waitFor();
    await page.goto("about:blank");
    await page.goto(await mailedLink(server.dataDirectory, email, "verify"));
    await page.getByText("Your email address is confirmed").waitFor();
    expect(page.url()).not.toContain("verify");
    await isIn(page);
    await openAccount(page);
    await section(page, "Email").getByText(email).waitFor();
    await logOut(page);

    await page.getByRole("button", { name: "Forgot your password?" }).click();
    await page.getByLabel("Email").fill(email);
    await page.getByRole("button", { name: "Mail me a link" }).click();
    await page.getByText(/a mail with a link is on its way/).waitFor();
    await page.goto("about:blank");
    await page.goto(await mailedLink(server.dataDirectory, email, "reset"));
    await page.getByLabel("New password").fill("a third good passphrase");
    await page.getByRole("button", { name: "Set password" }).click();
    await page.getByRole("button", { name: "Log in" }).click();
    await enter(page, email, "a third good passphrase");
    await isIn(page);
  });

  it("is asked for a code once an authenticator app is set up, and a recovery code helps out", async () => {
    const page = await open("frida");
    await inspect(page);
    await register(page, "frida");
    await openAccount(page);
    const codes = section(page, "Codes from an authenticator app");
    await codes.getByRole("button", { name: "Set up codes" }).click();
    await codes.getByAltText(/^QR code/).waitFor();
    await inspect(page);
    const secret = Secret.fromBase32((await codes.locator(".secret").textContent()) ?? "");
    const totp = new TOTP({ secret });
    await codes.getByLabel("Code that the app shows").fill(totp.generate());
    await codes.getByRole("button", { name: "Turn codes on" }).click();
    const recovery = (await codes.locator(".recovery-codes code").first().textContent()) ?? "";
    expect(recovery).toMatch(/^\w{5}(-\w{5}){3}$/);
    await inspect(page);
    await logOut(page);

    await enter(page, "frida");
    await page
      .getByLabel(/^Code from your authenticator app/)
      .fill(totp.generate({ timestamp: Date.now() + 30_000 }));
    await page.locator("form").getByRole("button", { name: "Log in" }).click();
    await isIn(page);
    await openAccount(page);
    await logOut(page);
    await enter(page, "frida");
    await page.getByLabel(/^Code from your authenticator app/).fill(recovery);
    await page.locator("form").getByRole("button", { name: "Log in" }).click();
    await isIn(page);
    await openAccount(page);
    await codes.getByText("9 recovery codes are left").waitFor();
  });

  it("hands out its data and is deleted, and nobody gets in any more", async () => {
    const page = await open("hanna");
    await register(page, "hanna");
    await openAccount(page);
    const data = section(page, "Your data");
    const downloading = page.waitForEvent("download");
    await data.getByRole("button", { name: "Download everything about me" }).click();
    expect((await downloading).suggestedFilename()).toBe("parley-account.json");
    await data.getByRole("button", { name: "Delete account…" }).click();
    expect(await data.getByRole("button", { name: "Delete my account" }).isDisabled()).toBe(true);
    await inspect(page);
    await data.getByLabel(/Type hanna/).fill("hanna");
    await data.getByRole("button", { name: "Delete my account" }).click();
    await page.getByLabel("User name or email").waitFor();
    await enter(page, "hanna");
    await page.getByText("Wrong user name or password.").waitFor();
  });
});

it("no page of this file broke its Content-Security-Policy", () => {
  expect(violations).toEqual([]);
});
