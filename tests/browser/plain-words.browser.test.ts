/** What the page says is so, also where names are long, the list too, the server away or the person put out. */
import { ensurePage } from "@parley/standalone/page";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ApiUser, logIn, request } from "../support/api.ts";
import { inBothSchemes, seriousFindings } from "../support/axe.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

interface Named {
  id: string;
  name: string;
}

let server: TestServer;
let demo: ApiUser;
let org: string;
let owner: Person;
let page: Page;
let charlie: Person;

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer();
  demo = await logIn(server.origin, "demo");
  org = (await asDemo<{ organizations: Named[] }>("GET", "/v1/me/organizations")).organizations[0]?.id ?? "";
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

const asDemo = <T>(method: string, path: string, body?: unknown) =>
  request<T>(server.origin, method, path, body, demo.session.accessToken);
const ask = <T>(method: string, rest: string, body?: unknown) =>
  asDemo<T>(method, `/v1/orgs/${org}${rest}`, body);
const button = (name: string | RegExp, on = page) => on.getByRole("button", { name, exact: true });
const tab = (name: string) => page.getByRole("tab", { name, exact: true });
const dialog = (on = page) => on.getByRole("dialog");
const channel = async (name: string) => (await demo.channels()).find((one) => one.name === name);
/** The machine may be busy with much else. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

async function memberId(name: string): Promise<string> {
  const { items } = await ask<{ items: { userId: string }[] }>("GET", `/members?name=${name}`);
  return items[0]?.userId ?? "";
}

async function openSettings(name: string): Promise<void> {
  await page.getByRole("treeitem", { name: new RegExp(`^${name}`) }).hover();
  await button(`Settings of ${name}`).click();
}

async function invite(): Promise<string> {
  const { code } = await ask<{ code: string }>("POST", "/invites", {});
  return code;
}

async function comeBack(name: string): Promise<void> {
  const { session } = await logIn(server.origin, name);
  const path = `/v1/invites/${await invite()}/accept`;
  await request(server.origin, "POST", path, undefined, session.accessToken);
}

describe("joining", () => {
  it("asks nobody for a password who needs none", async () => {
    await owner.press("treeitem", /^Private/);
    await page.getByText("Voice connected").waitFor();
    await charlie.press("treeitem", /^Private/);
    await charlie.page.getByLabel("Channel password").waitFor();
  });

  it("where it is refused leads to the reason", async () => {
    const id = await memberId("charlie");
    await ask("PUT", `/members/${id}/timeout`, { durationSeconds: 600, reason: "" });
    await charlie.press("treeitem", /^Lobby/);
    await button("Why?", charlie.page).click();
    await charlie.page.getByText(/^charlie may not “Connect” in Lobby\. charlie is timed out/).waitFor();
    await ask("DELETE", `/members/${id}/timeout`);
  });
});

describe("an invite", () => {
  it("that can't be looked up just now isn't called ended, and can be tried again", async () => {
    const other = await asDemo<Named>("POST", "/v1/orgs", { name: "Elsewhere", tag: "ELSEWHERE" });
    const { code } = await asDemo<{ code: string }>("POST", `/v1/orgs/${other.id}/invites`, {});
    const { page: theirs } = charlie;
    await theirs.route("**/v1/invites/*", (route) => route.abort());
    await theirs.goto(`${server.origin}/#invite=${code}`);
    await theirs.reload();
    await dialog(theirs).getByText("can't be reached").waitFor();
    expect(await dialog(theirs).getByText("has ended").count()).toBe(0);
    await theirs.unrouteAll();
    await button("Try again", theirs).click();
    await button("Join Elsewhere", theirs).waitFor();
    await asDemo("DELETE", `/v1/orgs/${other.id}`);
  });

  it("to where one is already opens that", async () => {
    await page.goto(`${server.origin}/#invite=${await invite()}`);
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

describe("a channel's settings", () => {
  it("once saved are saved, also where the server tidied them up", async () => {
    await openSettings("Lobby");
    await page.getByLabel("Topic").fill("Come in  ");
    await button("Save channel").click();
    await page.getByText("Saved.").waitFor();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await openSettings("Lobby");
    expect(await page.getByLabel("Topic").inputValue()).toBe((await channel("Lobby"))?.topic);
  });

  it("save what was typed, and take back nothing that another changed meanwhile", async () => {
    const id = (await channel("Lobby"))?.id;
    await openSettings("Lobby");
    await page.getByLabel("Topic").fill("Typed here");
    await ask("PATCH", `/channels/${id}`, { userLimit: 7 });
    await button("Save channel").click();
    await page.getByText("Saved.").waitFor();
    expect(await channel("Lobby")).toMatchObject({ topic: "Typed here", userLimit: 7 });
    await ask("PATCH", `/channels/${id}`, { userLimit: 0 });
  });

  it("keep a password that wasn't accepted", async () => {
    await openSettings("Lobby");
    await page.route("**/password", (route) => route.abort());
    await dialog().getByLabel("Password", { exact: true }).fill("sesame");
    await button("Set password").click();
    await dialog().getByText("can't be reached").waitFor();
    expect(await dialog().getByLabel("Password", { exact: true }).inputValue()).toBe("sesame");
  });

  it("move it without dragging", async () => {
    const order = async () => (await demo.channels()).map(({ name }) => name);
    const before = await order();
    await openSettings("Lobby");
    await button("Move down").click();
    await page.getByText("It was moved.").waitFor();
    expect(await order()).not.toEqual(before);
    await poll(() => button("Move up").isEnabled()).toBe(true);
    await button("Move up").click();
    await poll(order).toEqual(before);
    const place = dialog().getByLabel("Below");
    await place.selectOption({ label: "General" });
    await button("Move there").click();
    await poll(async () => (await channel("Lobby"))?.parentId).toBe((await channel("General"))?.id);
    await inBothSchemes(page, async (scheme) => expect(await seriousFindings(page), scheme).toEqual([]));
    await ask("POST", `/channels/${(await channel("Lobby"))?.id}/move`, { parentId: null, afterId: null });
  });

  it("name those with entries who are members no more", async () => {
    const id = (await channel("Lobby"))?.id;
    const bob = await memberId("bob");
    const entry = { subject: { type: "user", id: bob }, allow: "0", deny: "4" };
    await ask("PUT", `/channels/${id}/acl`, { inherit: true, entries: [entry] });
    await ask("DELETE", `/members/${bob}`);
    await openSettings("Lobby");
    await tab("Permissions").click();
    await page.getByRole("list", { name: "Roles and people with entries" }).getByText("bob").waitFor();
    await ask("PUT", `/channels/${id}/acl`, { inherit: true, entries: [] });
    await comeBack("bob");
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
    await ask("DELETE", `/members/${await memberId("charlie")}`);
    await theirs.getByRole("alert").getByText("You aren't a member of Demo any more").waitFor();
    await comeBack("charlie");
  });

  it("are listed by the name that others know them by, too", async () => {
    const path = `/members/${await memberId("bob")}`;
    await ask("PATCH", path, { nickname: "Robert" });
    await openSettings("Lobby");
    await tab("Who may what").click();
    await page.getByRole("combobox", { name: "Who", exact: true }).selectOption({ label: "Robert (bob)" });
    await page.getByText(/^bob may “Speak” in Lobby/).waitFor();
    await ask("PATCH", path, { nickname: null });
  });

  it("can't be given by an entry what its maker lacks there", async () => {
    const { id } = await ask<Named>("POST", "/roles", { name: "Host", permissions: String(1024) });
    const path = `/members/${await memberId("charlie")}/roles/${id}`;
    await ask("PUT", path);
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
    await ask("DELETE", `/roles/${id}`);
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

describe("the keyboard", () => {
  it("goes on from the tab when what it pressed is gone", async () => {
    await ask("POST", "/roles", { name: "Short-lived", permissions: "0" });
    await button("Members and settings").click();
    await tab("Roles").click();
    await button("Short-lived").click();
    await button("Delete role").focus();
    await page.keyboard.press("Enter");
    await poll(() => button("Really delete it").getAttribute("aria-disabled")).toBe("false");
    await page.keyboard.press("Enter");
    await button("Short-lived").waitFor({ state: "detached" });
    await poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Roles");
  });
});

describe("the server", () => {
  it("that was away when the page opened finds everything there once it is back", async () => {
    await page.route(`**/v1/orgs/${org}**`, (route) => route.abort());
    await page.route(`**/v1/orgs/${org}/**`, (route) => route.abort());
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

describe("on a phone", () => {
  it("nothing is wider than the screen, however long names are", async () => {
    const name = "W".repeat(64);
    const { id } = await ask<Named>("POST", "/channels", { name, parentId: null });
    const role = await ask<Named>("POST", "/roles", { name, permissions: "0" });
    const tag = "LONGNAME";
    const long = await asDemo<Named>("POST", "/v1/orgs", { name: "M".repeat(64), tag });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await page.getByRole("treeitem").first().waitFor();
    const overflowing = () =>
      page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll("dialog[open]")]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ tagName }) => tagName),
      );
    expect(await overflowing()).toEqual([]);
    await page.getByRole("combobox", { name: "Organisation" }).selectOption({ label: "Demo" });
    await openSettings(name);
    for (const panel of ["Permissions", "Who may what"]) {
      await tab(panel).click();
      if (panel === "Who may what") await page.getByText(/^demo may “Speak”/).waitFor();
      expect([panel, await overflowing()]).toEqual([panel, []]);
    }
    await button("Close").click();
    await button("Members and settings").click();
    for (const panel of ["Roles", "Audit log", "Organisation"]) {
      await tab(panel).click();
      if (panel === "Audit log") await page.getByText(`created the role ${name}`).waitFor();
      expect([panel, await overflowing()]).toEqual([panel, []]);
    }
    await ask("DELETE", `/channels/${id}`);
    await ask("DELETE", `/roles/${role.id}`);
    await asDemo("DELETE", `/v1/orgs/${long.id}`);
  });

  it("the role that is chosen is in sight, however many there are", async () => {
    const made: Named[] = [];
    for (let n = 0; n < 30; n++)
      made.push(await ask("POST", "/roles", { name: `Many ${n}`, permissions: "0" }));
    await button("Members and settings").click();
    await tab("Roles").click();
    await button("Many 0").click();
    const field = page.getByRole("form", { name: "Role Many 0" }).getByLabel("Name", { exact: true });
    expect((await field.boundingBox())?.y).toBeLessThan(844);
    for (const { id } of made) await ask("DELETE", `/roles/${id}`);
  });
});
