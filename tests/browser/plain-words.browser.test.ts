/** What the page says is so, also where the server is away, or the person was put out. */
import { ensurePage } from "@parley/standalone/page";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { logIn, request } from "../support/api.ts";
import { type DemoOrganization, type Named, openDemoOrganization } from "../support/demo-organization.ts";
import { pageControls, poll } from "../support/page-controls.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let demo: DemoOrganization;
let owner: Person;
let page: Page;
let charlie: Person;

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer();
  demo = await openDemoOrganization(server);
  owner = await openPerson({ origin: server.origin, name: "demo", toneHz: 440 });
  charlie = await openPerson({ origin: server.origin, name: "charlie", toneHz: 1_000 });
  page = owner.page;
  for (const person of [owner, charlie]) {
    person.page.setDefaultTimeout(15_000);
    await person.logIn();
  }
});
afterEach(async () => {
  for (const person of [owner, charlie]) {
    await person.page.unrouteAll();
    await person.page.goto(server.origin);
    await person.page.getByRole("button", { name: /^Account of/ }).waitFor();
  }
});
afterAll(async () => {
  await Promise.all([owner, charlie].map((person) => person.close()));
  await server.stop();
});

const { button, tab, dialog, openSettings } = pageControls(() => page);

describe("joining", () => {
  it("asks nobody for a password who needs none", async () => {
    await owner.press("treeitem", /^Private/);
    await page.getByText("Voice connected").waitFor();
    await charlie.press("treeitem", /^Private/);
    await charlie.page.getByLabel("Channel password").waitFor();
  });

  it("where it is refused leads to the reason", async () => {
    const id = await demo.memberId("charlie");
    await demo.ask("PUT", `/members/${id}/timeout`, { durationSeconds: 600, reason: "" });
    await charlie.press("treeitem", /^Lobby/);
    await button("Why?", charlie.page).click();
    await charlie.page.getByText(/^charlie may not “Connect” in Lobby\. charlie is timed out/).waitFor();
    await demo.ask("DELETE", `/members/${id}/timeout`);
  });
});

describe("an invite", () => {
  it("that can't be looked up just now isn't called ended, and can be tried again", async () => {
    const other = await demo.asOwner<Named>("POST", "/v1/orgs", { name: "Elsewhere", tag: "ELSEWHERE" });
    const { code } = await demo.asOwner<{ code: string }>("POST", `/v1/orgs/${other.id}/invites`, {});
    const { page: theirs } = charlie;
    await theirs.route("**/v1/invites/*", (route) => route.abort());
    await theirs.goto(`${server.origin}/#invite=${code}`);
    await theirs.reload();
    await dialog(theirs).getByText("can't be reached").waitFor();
    expect(await dialog(theirs).getByText("has ended").count()).toBe(0);
    await theirs.unrouteAll();
    await button("Try again", theirs).click();
    await button("Join Elsewhere", theirs).waitFor();
    await demo.asOwner("DELETE", `/v1/orgs/${other.id}`);
  });

  it("to where one is already opens that", async () => {
    await page.goto(`${server.origin}/#invite=${await demo.invite()}`);
    await page.reload();
    await dialog().getByText("You are a member of Demo already.").waitFor();
    await button("Open Demo").click();
    await dialog().waitFor({ state: "detached" });
  });

  it("that has ended is called so", async () => {
    await charlie.page.goto(`${server.origin}/#invite=${"x".repeat(22)}`);
    await charlie.page.reload();
    await dialog(charlie.page).getByText("This invite has ended").waitFor();
  });

  it("is copied where pages have no clipboard, too", async () => {
    await page.evaluate(() => {
      Object.defineProperty(window, "isSecureContext", { value: false });
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      document.addEventListener("copy", ({ target }) => {
        document.title = (target as HTMLInputElement).value;
      });
    });
    await button("Invite people").click();
    await button("Make a link").click();
    const link = await page.getByLabel(/^The link/).inputValue();
    await button("Copy").click();
    await button("Copied").waitFor();
    expect(await page.title()).toBe(link);
  });
});

describe("people", () => {
  it("come page by page, and stay when something is changed", async () => {
    await page.route("**/members?**", (route) =>
      route.continue({ url: route.request().url().replace("limit=100", "limit=2") }),
    );
    await button("Members and settings").click();
    const rows = page.getByRole("list", { name: "Members" }).locator("summary");
    await poll(() => rows.count()).toBe(2);
    await button("Show more").click();
    await poll(() => rows.count()).toBe(4);
    const last = page.getByRole("list", { name: "Members" }).getByRole("listitem").last();
    await last.locator("summary").click();
    await last.getByLabel("Nickname here").fill("The last one");
    await last.getByRole("button", { name: "Save" }).click();
    await last.locator("summary").getByText("The last one").waitFor();
    expect(await rows.count()).toBe(4);
  });

  it("who are put out are told so", async () => {
    const { page: theirs } = charlie;
    await button("Members and settings", theirs).click();
    await demo.ask("DELETE", `/members/${await demo.memberId("charlie")}`);
    await theirs.getByRole("alert").getByText("You aren't a member of Demo any more").waitFor();
    await demo.comeBack("charlie");
  });

  it("are listed by the name that others know them by, too", async () => {
    const path = `/members/${await demo.memberId("bob")}`;
    await demo.ask("PATCH", path, { nickname: "Robert" });
    await openSettings("Lobby");
    await tab("Who may what").click();
    await page.getByRole("combobox", { name: "Who", exact: true }).selectOption({ label: "Robert (bob)" });
    await page.getByText(/^bob may “Speak” in Lobby/).waitFor();
    await demo.ask("PATCH", path, { nickname: null });
  });

  it("can't be given by an entry what its maker lacks there", async () => {
    const { id } = await demo.ask<Named>("POST", "/roles", { name: "Host", permissions: String(1024) });
    const path = `/members/${await demo.memberId("charlie")}/roles/${id}`;
    await demo.ask("PUT", path);
    const { page: theirs } = charlie;
    await theirs.reload();
    await theirs.getByRole("treeitem", { name: /^Lobby/ }).hover();
    await button("Settings of Lobby", theirs).click();
    await theirs.getByRole("tab", { name: "Permissions" }).click();
    await theirs.getByLabel("Add an entry for").selectOption({ label: "bob" });
    await button("Add entry", theirs).click();
    const allow = (name: string) => theirs.getByRole("radio", { name: `Allow: ${name}`, exact: true });
    expect([await allow("Speak").isEnabled(), await allow("Move members").isEnabled()]).toEqual([
      true,
      false,
    ]);
    await demo.ask("DELETE", `/roles/${id}`);
  });

  it("found by the one name that fits are whom the inspector is asked about", async () => {
    await page.route("**/members?**", (route) =>
      route.continue({ url: route.request().url().replace("limit=100", "limit=2") }),
    );
    await openSettings("Lobby");
    await tab("Who may what").click();
    await page.getByRole("searchbox", { name: "Find somebody" }).fill("charl");
    await page.getByText(/^charlie may “Speak” in Lobby/).waitFor();
  });
});

describe("the server", () => {
  it("that was away when the page opened finds everything there once it is back", async () => {
    await page.route(`**${demo.path}**`, (route) => route.abort());
    await page.route(`**${demo.path}/**`, (route) => route.abort());
    await page.reload();
    await page.getByText(/^Not up to date/).waitFor();
    expect(await button("Members and settings").count()).toBe(0);
    await page.unrouteAll();
    await button("Members and settings").waitFor();
    await button("Invite people").waitFor();
  });

  it("says of an organisation's name and tag which one is taken", async () => {
    await button("New organisation").click();
    await dialog().getByLabel("Name").fill("Another Demo");
    await dialog().getByLabel("Tag").fill("demo");
    await button("Create").click();
    await dialog().getByText("That tag is taken.").waitFor();
  });

  it("that ended a session is named as the reason, and who logs out reads nothing of it", async () => {
    const bob = await openPerson({ origin: server.origin, name: "bob", toneHz: 440 });
    try {
      const ended = bob.page.getByText("Your session has ended");
      await bob.logIn();
      await bob.page.getByRole("button", { name: "Log out" }).click();
      await bob.page.getByLabel("User name or email").waitFor();
      expect(await ended.count()).toBe(0);
      await bob.logIn();
      const { session } = await logIn(server.origin, "bob");
      await request(server.origin, "POST", "/v1/auth/logout-all", undefined, session.accessToken);
      await ended.waitFor();
      await bob.logIn();
    } finally {
      await bob.close();
    }
  });
});
