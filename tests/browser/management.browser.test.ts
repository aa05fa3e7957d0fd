/** Managing an organisation at a real browser, where people are quick, clumsy, late or two at once. */
import { PERMISSION_NAMES } from "@parley/contract/permissions";
import { ensurePage } from "@parley/standalone/page";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seriousFindings } from "../support/axe.ts";
import { type DemoOrganization, type Named, openDemoOrganization } from "../support/demo-organization.ts";
import { hasFocus } from "../support/focus.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let demo: DemoOrganization;
let person: Person;
let page: Page;
const others: Person[] = [];

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer();
  demo = await openDemoOrganization(server);
  person = await openPerson({ origin: server.origin, name: "demo", toneHz: 440 });
  page = person.page;
  page.setDefaultTimeout(15_000);
  await person.logIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(others.splice(0).map((one) => one.close()));
  await page.reload();
  await page.getByRole("tree").waitFor();
});
afterAll(async () => {
  await person.close();
  await server.stop();
});

/** The machine may be busy with much else. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });
const button = (name: string | RegExp, on = page) => on.getByRole("button", { name, exact: true });
const tab = (name: string, on = page) => on.getByRole("tab", { name });
const dialog = (on = page) => on.getByRole("dialog");

const roleIds = async (name: string) => {
  const { items } = await demo.ask<{ items: { roleIds: string[] }[] }>("GET", `/members?name=${name}`);
  return items[0]?.roleIds ?? [];
};

async function openManagement(panel: string, on = page): Promise<void> {
  await button("Members and settings", on).click();
  await tab(panel, on).click();
}

async function openPermissions(channel: string): Promise<void> {
  await page.getByRole("treeitem", { name: new RegExp(`^${channel}`) }).hover();
  await button(`Settings of ${channel}`).click();
  await tab("Permissions").click();
  await button("Save permissions").waitFor();
}

const row = (name: string, on = page) =>
  on.getByRole("listitem").filter({ has: on.locator("summary", { hasText: name }) });
const role = (name: string) => demo.ask<Named>("POST", "/roles", { name, permissions: "0" });
const readEntries = async (channelId: string | undefined) =>
  (await demo.ask<{ entries: { subject: { id: string } }[] }>("GET", `/channels/${channelId}/acl`)).entries;
const setEntries = (channelId: string | undefined, entries: object[]) =>
  demo.ask("PUT", `/channels/${channelId}/acl`, { inherit: true, entries });

describe("two who change the same", () => {
  it("entries: the slower hears of it, keeps what they typed until they want to see the other's", async () => {
    const lobby = (await demo.channel("Lobby"))?.id;
    const bob = await demo.memberId("bob");
    await openPermissions("Lobby");
    await page.getByLabel("Add an entry for").selectOption({ label: "alice" });
    await button("Add entry").click();
    await page.getByRole("radio", { name: "Deny: Speak", exact: true }).check({ force: true });
    const subject = { type: "user", id: bob };
    await setEntries(lobby, [{ subject, allow: "0", deny: "4", appliesTo: "here" }]);
    await button("Save permissions").click();
    const alert = page.getByRole("alert");
    await alert.getByText(/Somebody else .*changed this/).waitFor();
    const entries = page.getByRole("list", { name: "Roles and people with entries" });
    expect(await entries.innerText()).toContain("alice");
    await button(/^Drop my changes/).click();
    await entries.getByText("bob").waitFor();
    expect(await entries.innerText()).not.toContain("alice");
    // What was dropped asks for nothing when the dialog closes.
    await button("Close").click();
    await dialog().waitFor({ state: "detached" });
    expect((await readEntries(lobby)).map(({ subject }) => subject.id)).toEqual([bob]);
    await setEntries(lobby, []);
  });

  it("a role: the slower's save takes nothing back", async () => {
    const { id } = await role("Herald");
    await openManagement("Roles");
    await button("Herald").click();
    const form = page.getByRole("form", { name: "Role Herald" });
    await form.getByRole("checkbox", { name: /^Record/ }).check();
    await demo.ask("PATCH", `/roles/${id}`, { permissions: "4" });
    await form.getByRole("button", { name: "Save role" }).click();
    await form.getByText(/Somebody else .*changed this/).waitFor();
    await form.getByRole("button", { name: /^Drop my changes/ }).click();
    await poll(() => form.getByRole("checkbox", { name: /^Speak/ }).isChecked()).toBe(true);
    await form.getByRole("checkbox", { name: /^Record/ }).check();
    await form.getByRole("button", { name: "Save role" }).click();
    const permissions = async () =>
      (await demo.ask<{ roles: { id: string; permissions: string }[] }>("GET", "/roles")).roles.find(
        (one) => one.id === id,
      )?.permissions;
    await poll(permissions).toBe(String(4 | 512));
    await demo.ask("DELETE", `/roles/${id}`);
  });
});

describe("the quick and the clumsy", () => {
  it("ticks of roles that follow each other faster than the server answers all count", async () => {
    const made: Named[] = [];
    for (const name of ["Tick A", "Tick B", "Tick C"]) made.push(await role(name));
    const wanted = new Set([...(await roleIds("charlie")), ...made.map(({ id }) => id)]);
    await openManagement("Members");
    await page.locator("summary", { hasText: "charlie" }).click();
    const boxes = await Promise.all(
      made.map(({ name }) => row("charlie").getByRole("checkbox", { name }).elementHandle()),
    );
    await page.evaluate((inputs) => {
      for (const input of inputs) (input as HTMLElement).click();
    }, boxes);
    await poll(async () => new Set(await roleIds("charlie"))).toEqual(wanted);
    for (const { id } of made) await demo.ask("DELETE", `/roles/${id}`);
  });

  it("a double click, or Enter held down, bans nobody; two presses do", async () => {
    await openManagement("Members");
    await page.locator("summary", { hasText: "charlie" }).click();
    await button("Ban charlie").dblclick();
    await button("Really ban charlie").waitFor();
    await page.getByRole("heading", { name: "Demo" }).last().click();
    await button("Ban charlie").focus();
    // The browser tells of a key that is held down again and again, as repeats.
    for (let n = 0; n < 5; n++) {
      await page.keyboard.down("Enter");
      await page.waitForFunction((until) => performance.now() > until, await later(200));
    }
    await page.keyboard.up("Enter");
    expect(await demo.memberId("charlie")).not.toBe("");
    await button("Really ban charlie").click();
    await page.locator("summary", { hasText: "charlie" }).waitFor({ state: "detached" });
    await tab("Bans").click();
    await button("Lift the ban").click();
    await page.getByText("Nobody is banned.").waitFor();
    await demo.comeBack("charlie");
  });

  it("unsaved edits survive another tab, and closing asks before they go", async () => {
    await openPermissions("Lobby");
    await page.getByRole("checkbox", { name: /^Inherit from/ }).uncheck();
    await tab("Settings").click();
    await page.getByLabel("Topic").fill("Half a top");
    await tab("Permissions").click();
    expect(await page.getByRole("checkbox", { name: /^Inherit from/ }).isChecked()).toBe(false);
    await page.keyboard.press("Escape");
    await page.getByText(/Not saved yet: .*who may do what in Lobby/).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await button("Go on editing").click();
    await tab("Settings").click();
    expect(await page.getByLabel("Topic").inputValue()).toBe("Half a top");
    await button("Close").click();
    await button("Close without saving").click();
    await dialog().waitFor({ state: "detached" });
  });

  it("handing over and deleting ask for the password after five minutes, and deleting for the tag", async () => {
    await demo.asOwner("POST", "/v1/orgs", { name: "Doomed", tag: "DOOMED" });
    await page.reload();
    await page.getByLabel("Organisation", { exact: true }).selectOption({ label: "Doomed" });
    await page.getByRole("heading", { name: "Doomed" }).waitFor();
    await openManagement("Organisation");
    const remove = button("Delete the organisation");
    expect(await remove.isDisabled()).toBe(true);
    await page.getByLabel(/type its tag/).fill("doomed");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6 * 60_000 });
    await remove.click();
    await button("Really delete all of it, for good").click();
    const proof = page.getByRole("dialog", { name: "Is it you?" });
    await proof.getByLabel("Current password").fill("demo123");
    await proof.getByRole("button", { name: "Continue" }).click();
    await poll(() => page.getByRole("heading", { name: "Doomed" }).count()).toBe(0);
  });
});

describe("what the page shows", () => {
  it("a moderator finds no controls for those who stand above, nor for roles above", async () => {
    const alice = await openPerson({ origin: server.origin, name: "alice", toneHz: 440 });
    others.push(alice);
    await alice.logIn();
    await openManagement("Members", alice.page);
    for (const name of ["demo", "bob"]) {
      await alice.page.locator("summary", { hasText: name }).click();
      const controls = row(name, alice.page).getByRole("button", { name: new RegExp(`^Kick ${name}`) });
      expect(await controls.count()).toBe(name === "bob" ? 1 : 0);
    }
    await tab("Roles", alice.page).click();
    await button("Admin", alice.page).click();
    const form = alice.page.getByRole("form", { name: "Role Admin" });
    await form.waitFor();
    expect(await form.getByRole("button").count()).toBe(0);
    expect(await form.getByRole("checkbox", { disabled: false }).count()).toBe(0);
  });

  it("the audit log says what exactly was changed, and finds what was about one role", async () => {
    const { id } = await role("Scribe");
    const record = PERMISSION_NAMES.find(({ key }) => key === "RECORD");
    await demo.ask("PATCH", `/roles/${id}`, { permissions: record?.bit.toString() });
    await openManagement("Audit log");
    await page.getByLabel("About").selectOption({ label: "Scribe" });
    const log = page.getByRole("list", { name: /^Audit log/ });
    await poll(() => log.getByRole("listitem").filter({ hasText: "the role" }).count()).toBe(2);
    await log.getByText("Details").first().click();
    await log.getByText(`Permissions given: ${record?.name}`).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel("Until").fill("2020-01-01T00:00");
    await page.getByText("Nothing of the kind has happened.").waitFor();
    await demo.ask("DELETE", `/roles/${id}`);
  });
});

describe("by keyboard alone", () => {
  it("an entry is added and saved, and arrows on the way add nothing", async () => {
    const lobby = (await demo.channel("Lobby"))?.id;
    await openPermissions("Lobby");
    const { keyboard } = page;
    const select = page.getByLabel("Add an entry for");
    const entries = page.getByRole("list", { name: "Roles and people with entries" });
    await select.focus();
    // As Linux and Windows do it: each press of an arrow chooses the next, with the list closed.
    for (const label of ["Admin", "Moderator"]) await select.selectOption({ label });
    expect(await entries.getByRole("listitem").count()).toBe(0);
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await entries.getByText("Moderator").waitFor();
    expect(await hasFocus(button("Add entry"))).toBe(true);
    const speak = page.getByRole("group", { name: "Speak", exact: true });
    await speak.getByRole("radio", { checked: true }).focus();
    await keyboard.press("ArrowRight");
    expect(await speak.getByRole("radio", { name: /^Allow/ }).isChecked()).toBe(true);
    await button("Save permissions").focus();
    await keyboard.press("Enter");
    await poll(() => readEntries(lobby)).toMatchObject([{ allow: "4", deny: "0" }]);
    await tab("Permissions").focus();
    await keyboard.press("ArrowRight");
    await page.getByRole("combobox", { name: "Who", exact: true }).focus();
    await keyboard.type("bob");
    await page.getByText(/^bob may “Speak” in Lobby/).waitFor();
    await setEntries(lobby, []);
  });

  it("somebody is given a role, timed out for as long as was chosen, and an invite is made and taken back", async () => {
    const { keyboard } = page;
    const { id } = await role("By keys");
    await button("Members and settings").focus();
    await keyboard.press("Enter");
    await page.locator("summary", { hasText: "bob" }).focus();
    await keyboard.press("Enter");
    await row("bob").getByRole("checkbox", { name: "By keys" }).focus();
    await keyboard.press("Space");
    await poll(async () => (await roleIds("bob")).includes(id)).toBe(true);
    const duration = row("bob").getByLabel("Time bob out for");
    await duration.focus();
    await keyboard.press("End");
    await duration.selectOption({ label: "1 week" });
    expect(await row("bob").getByText("Timed out").count()).toBe(0);
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await row("bob").getByText("Timed out").waitFor();
    await row("bob").getByRole("button", { name: "End the time-out" }).focus();
    await keyboard.press("Enter");
    await row("bob").getByText("Timed out").waitFor({ state: "detached" });
    await keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await button("Invite people").focus();
    await keyboard.press("Enter");
    await button("Make a link").focus();
    await keyboard.press("Enter");
    await page.getByLabel(/^The link/).waitFor();
    await keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await openManagement("Invites");
    const invites = page.getByRole("list", { name: "Open invites" });
    await button("Take back").first().focus();
    await keyboard.press("Enter");
    await poll(() => button("Really take back").getAttribute("aria-disabled")).toBe("false");
    await keyboard.press("Enter");
    await poll(() => invites.getByRole("listitem").count()).toBe(0);
    await demo.ask("DELETE", `/roles/${id}`);
  });
});

/** A moment of the page's own clock, in ms from now. */
const later = (ms: number): Promise<number> => page.evaluate((more) => performance.now() + more, ms);
