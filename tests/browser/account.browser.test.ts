/** A person and their account, at a real browser against the whole product. */
import { ensurePage } from "@parley/standalone/page";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { logIn, request } from "../support/api.ts";
import { inBothSchemes, seriousFindings } from "../support/axe.ts";
import { mailedLink, mailedWords } from "../support/outbox.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

declare global {
  interface Window {
    parley: import("@parley/sdk/voice-client").VoiceClient;
  }
}

const PASSWORD = "correct horse battery";
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

async function register(page: Page, username: string, email = ""): Promise<void> {
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByLabel("User name").fill(username);
  await page.getByText("At least 10 characters").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  if (email !== "") await page.getByLabel(/^Email/).fill(email);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("You aren't a member of an organisation yet").waitFor();
}

async function enter(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("User name or email").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.locator("form").getByRole("button", { name: "Log in" }).click();
}

const isIn = (page: Page) => page.getByRole("button", { name: /^Account of/ }).waitFor();
const openAccount = (page: Page) => page.getByRole("button", { name: /^Account of/ }).click();
const section = (page: Page, title: string) => page.getByRole("region", { name: title });
const logOut = async (page: Page) => {
  await page.getByRole("button", { name: "Close account" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("User name or email").waitFor();
};

/** A device that has passkeys and whose person is always there. */
async function virtualAuthenticator(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

interface Exported {
  auditEvents: { action: string }[];
}

/** Axe finds nothing serious on what is shown now. */
const inspect = (page: Page) =>
  inBothSchemes(page, async (scheme) => expect(await seriousFindings(page), scheme).toEqual([]));

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

  it("logs in with a passkey alone, until that is removed", async () => {
    const page = await open("gert");
    const { cdp, authenticatorId } = await virtualAuthenticator(page);
    await register(page, "gert");
    await openAccount(page);
    const passkeys = section(page, "Passkeys");
    await passkeys.getByLabel("Name of the passkey").fill("My laptop");
    await passkeys.getByRole("button", { name: "Add a passkey" }).click();
    await passkeys.getByText("My laptop").waitFor();
    await inspect(page);
    await logOut(page);

    await page.getByRole("button", { name: "Use a passkey" }).click();
    await isIn(page);
    const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);

    // Somebody who holds the device but isn't its person.
    await openAccount(page);
    await logOut(page);
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("alert").waitFor();
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await isIn(page);

    await openAccount(page);
    await passkeys.getByRole("button", { name: "Remove My laptop" }).click();
    await passkeys.getByRole("button", { name: "Really remove" }).click();
    await passkeys.getByText(/^None/).waitFor();
    await logOut(page);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText(/passkey can't be used here/).waitFor();
  });

  it("tells its person of each passkey that comes or goes, and keeps a note of one that was refused as a copy", async () => {
    const email = "greta@example.com";
    const page = await open("greta");
    const { cdp, authenticatorId } = await virtualAuthenticator(page);
    await register(page, "greta", email);
    await page.goto("about:blank");
    await page.goto(await mailedLink(server.dataDirectory, email, "verify"));
    await page.getByText("Your email address is confirmed").waitFor();
    await isIn(page);
    await openAccount(page);
    const passkeys = section(page, "Passkeys");
    await passkeys.getByLabel("Name of the passkey").fill("My laptop");
    await passkeys.getByRole("button", { name: "Add a passkey" }).click();
    await passkeys.getByText("My laptop").waitFor();
    await mailedWords(server.dataDirectory, email, /A passkey was added to it: My laptop/);
    const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
    const [copy] = credentials;
    if (!copy) throw new Error("there is no passkey");
    await logOut(page);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await isIn(page);
    await openAccount(page);
    await logOut(page);

    // The counter of a copy stands where the original's was.
    const { credentialId } = copy;
    await cdp.send("WebAuthn.removeCredential", { authenticatorId, credentialId });
    await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: copy });
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText(/passkey can't be used here/).waitFor();
    const refusals = async () => {
      const { session } = await logIn(server.origin, "greta", PASSWORD);
      const path = "/v1/me/export";
      const data = await request<Exported>(server.origin, "POST", path, {}, session.accessToken);
      return data.auditEvents.filter(({ action }) => action === "session.passkey_refused").length;
    };
    await expect.poll(refusals, { timeout: 10_000, interval: 1_000 }).toBe(1);

    await enter(page, "greta");
    await isIn(page);
    await openAccount(page);
    await passkeys.getByRole("button", { name: "Remove My laptop" }).click();
    await passkeys.getByRole("button", { name: "Really remove" }).click();
    await passkeys.getByText(/^None/).waitFor();
    await mailedWords(server.dataDirectory, email, /One of its passkeys was removed/);
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
