/** Passkeys, at a real browser with an authenticator of its own. A file apart: one address may register five accounts an hour. */
import { ensurePage } from "@parley/standalone/page";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
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
import { logIn, request } from "../support/api.ts";
import { mailedLink, mailedWords } from "../support/outbox.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

let server: TestServer;
const people: Person[] = [];

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer({ PASSWORD_MIN_LENGTH: "10" });
});
afterEach(async () => {
  await Promise.all(people.splice(0).map((person) => person.close()));
});
afterAll(() => server.stop());

/** A page of a browser of their own. */
async function open(name: string): Promise<Page> {
  const person = await openPerson({ origin: server.origin, name, toneHz: 440 });
  people.push(person);
  return person.page;
}

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

describe("a passkey", () => {
  it("logs in alone, until it is removed", async () => {
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

  it("comes and goes with a mail to its person; one refused as a copy leaves a note", async () => {
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
});
