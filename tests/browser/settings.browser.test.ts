/** Settings of channels and organisations at a real browser: saved, by keys, on a phone. */
import { ensurePage } from "@parley/standalone/page";
import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { inBothSchemes, seriousFindings } from "../support/axe.ts";
import { type DemoOrganization, type Named, openDemoOrganization } from "../support/demo-organization.ts";
import { hasFocus } from "../support/focus.ts";
import { pageControls, poll } from "../support/page-controls.ts";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let demo: DemoOrganization;
let owner: Person;
let page: Page;

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer();
  demo = await openDemoOrganization(server);
  owner = await openPerson({ origin: server.origin, name: "demo", toneHz: 440 });
  page = owner.page;
  page.setDefaultTimeout(15_000);
  await owner.logIn();
});
afterEach(async () => {
  await page.unrouteAll();
  await page.goto(server.origin);
  await page.getByRole("button", { name: /^Account of/ }).waitFor();
});
afterAll(async () => {
  await owner.close();
  await server.stop();
});

const { button, tab, dialog, openSettings } = pageControls(() => page);

/** Presses Enter on a button that has nothing left to do then, and once more. */
async function useUp(name: string): Promise<void> {
  const changes: string[] = [];
  const note = (asked: Request) => asked.method() !== "GET" && changes.push(asked.url());
  await button(name).focus();
  page.on("request", note);
  await page.keyboard.press("Enter");
  await poll(() => button(name).isDisabled()).toBe(true);
  expect(await hasFocus(button(name))).toBe(true);
  await page.keyboard.press("Enter");
  expect(await hasFocus(button(name))).toBe(true);
  page.off("request", note);
  expect(changes).toHaveLength(1);
}

describe("a channel's settings", () => {
  it("once saved are saved, also where the server tidied them up", async () => {
    await openSettings("Lobby");
    await page.getByLabel("Topic").fill("Come in  ");
    await button("Save channel").click();
    await page.getByText("Saved.").waitFor();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await openSettings("Lobby");
    expect(await page.getByLabel("Topic").inputValue()).toBe((await demo.channel("Lobby"))?.topic);
  });

  it("save what was typed, and take back nothing that another changed meanwhile", async () => {
    const id = (await demo.channel("Lobby"))?.id;
    await openSettings("Lobby");
    await page.getByLabel("Topic").fill("Typed here");
    await demo.ask("PATCH", `/channels/${id}`, { userLimit: 7 });
    await button("Save channel").click();
    await page.getByText("Saved.").waitFor();
    expect(await demo.channel("Lobby")).toMatchObject({ topic: "Typed here", userLimit: 7 });
    await demo.ask("PATCH", `/channels/${id}`, { userLimit: 0 });
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
    await poll(async () => (await demo.channel("Lobby"))?.parentId).toBe((await demo.channel("General"))?.id);
    await inBothSchemes(page, async (scheme) => expect(await seriousFindings(page), scheme).toEqual([]));
    await demo.ask("POST", `/channels/${(await demo.channel("Lobby"))?.id}/move`, {
      parentId: null,
      afterId: null,
    });
  });

  it("name those with entries who are members no more", async () => {
    const id = (await demo.channel("Lobby"))?.id;
    const bob = await demo.memberId("bob");
    const entry = { subject: { type: "user", id: bob }, allow: "0", deny: "4" };
    await demo.ask("PUT", `/channels/${id}/acl`, { inherit: true, entries: [entry] });
    await demo.ask("DELETE", `/members/${bob}`);
    await openSettings("Lobby");
    await tab("Permissions").click();
    await page.getByRole("list", { name: "Roles and people with entries" }).getByText("bob").waitFor();
    await demo.ask("PUT", `/channels/${id}/acl`, { inherit: true, entries: [] });
    await demo.comeBack("bob");
  });
});

describe("the keyboard", () => {
  it("goes on from the tab when what it pressed is gone", async () => {
    await demo.ask("POST", "/roles", { name: "Short-lived", permissions: "0" });
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

  it("stays on a channel's button that has nothing left to do, and pressing on does nothing", async () => {
    const { id: parentId } = await demo.ask<Named>("POST", "/channels", { name: "Shelf", parentId: null });
    for (const name of ["Upper", "Lower"]) await demo.ask("POST", "/channels", { name, parentId });
    const order = async () =>
      (await demo.channels()).filter((one) => one.parentId === parentId).map(({ name }) => name);
    await page.reload();
    await openSettings("Lower");
    await useUp("Move up");
    expect(await order()).toEqual(["Lower", "Upper"]);
    await dialog().getByLabel("Below").selectOption({ label: "Lobby" });
    await useUp("Move there");
    expect(await order()).toEqual(["Upper"]);
    await demo.ask("DELETE", `/channels/${(await demo.channel("Lower"))?.id}`);
    await demo.ask("DELETE", `/channels/${parentId}?cascade=true`);
  });

  it("stays on a role that it moved to the top", async () => {
    await button("Members and settings").click();
    await tab("Roles").click();
    await button("Move Admin down").click();
    await poll(() => button("Move Admin up").isEnabled()).toBe(true);
    await useUp("Move Admin up");
  });
});

describe("on a phone", () => {
  /** Nothing serious for axe, light and dark. */
  const inspect = (what: string) =>
    inBothSchemes(page, async (scheme) => {
      expect(await seriousFindings(page), `${what}, ${scheme}`).toEqual([]);
    });

  it("nothing is wider than the screen, however long names are", async () => {
    const name = "W".repeat(64);
    const { id } = await demo.ask<Named>("POST", "/channels", { name, parentId: null });
    const role = await demo.ask<Named>("POST", "/roles", { name, permissions: "0" });
    const tag = "LONGNAME";
    const long = await demo.asOwner<Named>("POST", "/v1/orgs", { name: "M".repeat(64), tag });
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
    await demo.ask("DELETE", `/channels/${id}`);
    await demo.ask("DELETE", `/roles/${role.id}`);
    await demo.asOwner("DELETE", `/v1/orgs/${long.id}`);
  });

  it("the audit log's filters are folded, open and close by keys, and say how many are in use", async () => {
    const { keyboard } = page;
    await page.setViewportSize({ width: 390, height: 844 });
    await button("Members and settings").click();
    await tab("Audit log").click();
    const log = page.getByRole("list", { name: /^Audit log/ });
    await log.getByRole("listitem").first().waitFor();
    const outcome = page.getByLabel("Outcome");
    expect(await outcome.isVisible()).toBe(false);
    expect((await log.boundingBox())?.y).toBeLessThan(422);
    await inspect("folded");
    await button("Filters").focus();
    await keyboard.press("Enter");
    for (let n = 0; n < 3; n++) await keyboard.press("Tab");
    expect(await hasFocus(outcome)).toBe(true);
    await keyboard.type("refused");
    await inspect("unfolded");
    await button("Filters (1 active)").focus();
    await keyboard.press("Enter");
    expect(await outcome.isVisible()).toBe(false);
    await poll(() => log.locator('[data-outcome="done"]').count()).toBe(0);
    await inspect("in use");
    await page.setViewportSize({ width: 1000, height: 700 });
    expect([await outcome.isVisible(), await button(/^Filters/).isVisible()]).toEqual([true, false]);
  });

  it("the role that is chosen is in sight, however many there are", async () => {
    const made: Named[] = [];
    for (let n = 0; n < 30; n++)
      made.push(await demo.ask("POST", "/roles", { name: `Many ${n}`, permissions: "0" }));
    await page.setViewportSize({ width: 390, height: 844 });
    await button("Members and settings").click();
    await tab("Roles").click();
    await button("Many 0").click();
    const field = page.getByRole("form", { name: "Role Many 0" }).getByLabel("Name", { exact: true });
    expect((await field.boundingBox())?.y).toBeLessThan(844);
    for (const { id } of made) await demo.ask("DELETE", `/roles/${id}`);
  });
});
