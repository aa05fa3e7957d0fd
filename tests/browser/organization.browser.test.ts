/** An organisation's life at real browsers: made, joined by a link, moderated, explained. */
import { mkdir } from "node:fs/promises";
import { SPEAK } from "@parley/contract/permissions";
import { ensurePage } from "@parley/standalone/page";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/api.ts";
import { inBothSchemes, seriousFindings } from "../support/axe.ts";
import { silentOffer } from "../support/offer.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { SignalClient } from "../support/signal-client.ts";

const OWNER_HZ = 440;
const BOB_HZ = 1_000;
/** Where to leave pictures for somebody to look at. */
const PICTURES = process.env.PARLEY_PICTURES;

let server: TestServer;
const people: Person[] = [];

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer();
});
afterEach(async () => {
  await Promise.all(people.splice(0).map((person) => person.close()));
});
afterAll(() => server.stop());

async function logIn(name: string, toneHz: number, path = "/"): Promise<Person> {
  const person = await openPerson({ origin: new URL(path, server.origin).href, name, toneHz });
  people.push(person);
  person.page.setDefaultTimeout(15_000);
  await person.logIn();
  return person;
}

/** Nothing serious for axe on what is shown now, light and dark, and pictures of it where they are wanted. */
async function inspect(page: Page, name: string): Promise<void> {
  await inBothSchemes(page, async (scheme) => {
    if (PICTURES) {
      await mkdir(PICTURES, { recursive: true });
      await page.screenshot({ path: `${PICTURES}/${name}-${scheme}.png` });
    }
    expect(await seriousFindings(page), `${name}, ${scheme}`).toEqual([]);
  });
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const tab = (page: Page, name: string) => page.getByRole("tab", { name });
const dialog = (page: Page) => page.getByRole("dialog");
const closeDialog = (page: Page) => button(page, "Close").click();

async function createOrganization(page: Page, name: string): Promise<void> {
  await button(page, "New organisation").click();
  await page.getByLabel("Name").fill(name);
  await dialog(page).getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name }).waitFor();
  await page.getByRole("treeitem", { name: /^Lobby/ }).waitFor();
}

async function inviteLink(page: Page): Promise<string> {
  await button(page, "Invite people").click();
  await button(page, "Make a link").click();
  const link = await page.getByLabel(/The link/).inputValue();
  await inspect(page, "invite");
  await closeDialog(page);
  return link;
}

const ids = (page: Page) =>
  page.evaluate(() => {
    const { state, session } = (
      globalThis as unknown as {
        parley: {
          state: { organizationId: string; channelId: string };
          session: { accessToken: string; user: { id: string } };
        };
      }
    ).parley;
    return { ...state, userId: session.user.id, accessToken: session.accessToken };
  });

describe("an organisation", () => {
  it("invites bob by a link, hears him, mutes him in a channel, says why, and keeps him out for good", async () => {
    const owner = await logIn("demo", OWNER_HZ);
    await createOrganization(owner.page, "Night Owls");
    const link = await inviteLink(owner.page);
    expect(new URL(link).hash).toMatch(/^#invite=/);

    const bob = await logIn("bob", BOB_HZ, new URL(link).pathname + new URL(link).hash);
    await page(bob).getByText("demo invites you").waitFor();
    await inspect(page(bob), "accept");
    await button(page(bob), "Join Night Owls").click();
    // Not the dialog's, which asks whether to join.
    await page(bob).getByRole("heading", { name: "Night Owls", exact: true }).waitFor();
    expect(new URL(page(bob).url()).hash).toBe("");

    await owner.joinChannel("Lobby");
    await bob.joinChannel("Lobby");
    await owner.hears(BOB_HZ);
    const bobIds = await ids(page(bob));
    const joinPath = `/v1/orgs/${bobIds.organizationId}/channels/${bobIds.channelId}/join`;
    const ask = <T>(method: string, path: string) =>
      request<T>(server.origin, method, path, undefined, bobIds.accessToken);
    const inStore = await ask<{ token: string }>("POST", joinPath);

    await muteInLobby(owner, "bob");
    await page(bob).getByText("You may not speak here.").waitFor();
    expect(await bob.negotiations()).toBe(1);

    await tab(page(owner), "Who may what").click();
    await page(owner).getByRole("combobox", { name: "Who", exact: true }).selectOption({ label: "bob" });
    await page(owner).getByText("In Lobby, the entry for bob denies it.").first().waitFor();
    await inspect(page(owner), "inspector");
    await closeDialog(page(owner));
    await button(page(bob), "Why?").click();
    await page(bob).getByText("In Lobby, the entry for bob denies it.").first().waitFor();
    await closeDialog(page(bob));

    await ban(owner, "bob");
    await page(bob).getByText("You are banned from this organisation.").waitFor();
    await page(bob).getByRole("heading", { name: "Night Owls" }).waitFor({ state: "detached" });
    await expect(ask("POST", joinPath)).rejects.toThrow("404");
    const back = new SignalClient(server.origin);
    await back.opened();
    back.send({ type: "hello", versions: [1], token: inStore.token, offer: silentOffer(8) });
    expect([await back.closed, (await back.next("error")).code]).toEqual([4403, "banned"]);
    await page(bob).goto(link);
    await button(page(bob), "Join Night Owls").click();
    await dialog(page(bob)).getByText("You are banned from this organisation.").waitFor();

    await tab(page(owner), "Audit log").click();
    await page(owner).getByText("banned bob").waitFor();
    await button(page(owner), "Verify the log").click();
    await page(owner)
      .getByText(/All \d+ entries are as they were written/)
      .waitFor();
    await inspect(page(owner), "audit-log");
  }, 120_000);

  it("is managed by keyboard alone: a channel is made, moved and opened, a role made and changed", async () => {
    const owner = await logIn("demo", OWNER_HZ);
    await createOrganization(owner.page, "Keyboard Club");
    const { keyboard } = owner.page;
    await button(owner.page, "New channel").focus();
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.type("Stage");
    await keyboard.press("Enter");
    const stage = owner.page.getByRole("treeitem", { name: /^Stage/ });
    await stage.waitFor();

    await stage.focus();
    await keyboard.press("Alt+ArrowUp");
    await owner.page.getByText("Stage was moved.").waitFor();
    await expect.poll(() => owner.page.getByRole("treeitem").allInnerTexts()).toEqual(["Stage", "Lobby"]);
    expect(await stage.evaluate((element) => element === document.activeElement)).toBe(true);
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await page(owner).getByRole("tab", { name: "Settings", selected: true }).waitFor();
    await inspect(owner.page, "channel-settings");
    await keyboard.press("Escape");
    await dialog(owner.page).waitFor({ state: "detached" });

    await button(owner.page, "Members and settings").focus();
    await keyboard.press("Enter");
    await tab(owner.page, "Members").focus();
    await inspect(owner.page, "members");
    await keyboard.press("ArrowRight");
    await page(owner).getByLabel("New role").focus();
    await keyboard.type("Speaker");
    await keyboard.press("Enter");
    const editor = page(owner).getByRole("form", { name: "Role Speaker" });
    // What was written there waits, out of sight.
    await page(owner).getByRole("form", { name: "Role everyone" }).waitFor({ state: "hidden" });
    await editor.getByRole("checkbox", { name: /^Speak/ }).focus();
    await keyboard.press("Space");
    await editor.getByRole("button", { name: "Save role" }).focus();
    await keyboard.press("Enter");
    await inspect(owner.page, "roles");
    const { accessToken } = await ids(owner.page);
    const mine = await request<{ organizations: { id: string; name: string }[] }>(
      server.origin,
      "GET",
      "/v1/me/organizations",
      undefined,
      accessToken,
    );
    const org = mine.organizations.find(({ name }) => name === "Keyboard Club")?.id;
    await expect
      .poll(async () => {
        const path = `/v1/orgs/${org}/roles`;
        const { roles } = await request<{ roles: { name: string; permissions: string }[] }>(
          server.origin,
          "GET",
          path,
          undefined,
          accessToken,
        );
        return roles.find(({ name }) => name === "Speaker")?.permissions;
      })
      .toBe(SPEAK.toString());
  });

  it("times out, is left, handed over and deleted", async () => {
    const owner = await logIn("demo", OWNER_HZ);
    await createOrganization(owner.page, "Short Story");
    const link = await inviteLink(owner.page);
    const join = async (name: string) => {
      const person = await logIn(name, BOB_HZ, new URL(link).pathname + new URL(link).hash);
      await button(person.page, "Join Short Story").click();
      // Exactly: the invitation names it, too.
      await person.page.getByRole("heading", { name: "Short Story", exact: true }).waitFor();
      return person;
    };
    const alice = await join("alice");
    const bob = await join("bob");

    await button(owner.page, "Members and settings").click();
    await owner.page.locator("summary", { hasText: "bob" }).click();
    const bobRow = owner.page
      .getByRole("listitem")
      .filter({ has: owner.page.locator("summary", { hasText: "bob" }) });
    await bobRow.getByLabel("Time bob out for").selectOption({ label: "1 hour" });
    await bobRow.getByRole("button", { name: "Time out" }).click();
    await bobRow.getByText("Timed out").waitFor();
    await bobRow.getByRole("button", { name: "End the time-out" }).click();
    await bobRow.getByText("Timed out").waitFor({ state: "detached" });

    await button(bob.page, "Members and settings").click();
    await tab(bob.page, "Organisation").click();
    await confirm(bob.page, "Leave the organisation", "Really leave");
    await bob.page.getByRole("heading", { name: "Short Story" }).first().waitFor({ state: "detached" });

    await tab(owner.page, "Organisation").click();
    await owner.page.getByLabel("Hand the organisation to").selectOption({ label: "alice" });
    await confirm(owner.page, "Hand over", "Really hand over");
    await button(owner.page, "Leave the organisation").waitFor();

    await button(alice.page, "Members and settings").click();
    await tab(alice.page, "Organisation").click();
    await alice.page.getByLabel(/type its tag/).fill("SHORTSTO");
    await confirm(alice.page, "Delete the organisation", "Really delete all of it, for good");
    await alice.page.getByRole("heading", { name: "Short Story" }).first().waitFor({ state: "detached" });
  }, 120_000);

  it("lets a channel be dragged to another place", async () => {
    const owner = await logIn("demo", OWNER_HZ);
    await createOrganization(owner.page, "Drag Queens");
    await button(owner.page, "New channel").click();
    await owner.page.getByLabel("Name").fill("Stage");
    await button(owner.page, "Create channel").click();
    const stage = owner.page.getByRole("treeitem", { name: /^Stage/ });
    await stage.waitFor();
    await stage.dragTo(owner.page.getByRole("treeitem", { name: /^Lobby/ }), {
      targetPosition: { x: 60, y: 24 },
    });
    await expect.poll(() => stage.getAttribute("aria-level")).toBe("2");
  });
});

const page = (person: Person): Page => person.page;

/** By an entry for one person in the channel's permissions: soon nobody hears them. */
async function muteInLobby(owner: Person, name: string): Promise<void> {
  await owner.page.getByRole("treeitem", { name: /^Lobby/ }).hover();
  await button(owner.page, "Settings of Lobby").click();
  await tab(owner.page, "Permissions").click();
  await owner.page.getByLabel("Add an entry for").selectOption({ label: name });
  await button(owner.page, "Add entry").click();
  await owner.page.getByRole("radio", { name: "Deny: Speak", exact: true }).check({ force: true });
  await inspect(owner.page, "channel-permissions");
  const silent = owner.stopsHearing(BOB_HZ);
  const savedAtMs = await owner.press("button", /^Save permissions/);
  const silentAfterMs = (await silent) - savedAtMs;
  console.info(`muted by an entry, silent ${Math.round(silentAfterMs)} ms after the press on Save`);
}

/** Presses twice: the second time only counts after a moment. */
async function confirm(page: Page, label: string, sure: string): Promise<void> {
  await button(page, label).click();
  await button(page, sure).click();
}

async function ban(owner: Person, name: string): Promise<void> {
  await button(owner.page, "Members and settings").click();
  await owner.page.locator("summary", { hasText: name }).click();
  await owner.page.getByLabel(/^Reason/).fill("spam");
  await confirm(owner.page, `Ban ${name}`, `Really ban ${name}`);
  await owner.page.locator("summary", { hasText: name }).waitFor({ state: "detached" });
}
