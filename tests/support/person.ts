/** A person at a browser: a Chromium profile of their own, a microphone that plays a tone, ears that measure. */
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath } from "./chromium.ts";
import { listenIn } from "./ears.ts";
import { scratchDirectory } from "./scratch.ts";
import { writeTone } from "./tone-wav.ts";

const QUIET_FLAGS = [
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--disable-gpu",
];

export interface Person {
  name: string;
  page: Page;
  logIn(): Promise<void>;
  joinChannel(name: string): Promise<void>;
  /** Presses a button or channel; answers when, in ms since 1970. */
  press(role: "button" | "treeitem", name: RegExp): Promise<number>;
  /** Resolves when the tone is heard for 100 ms (or silent for 100 ms), with when that began, in ms since 1970. */
  hears(frequencyHz: number): Promise<number>;
  stopsHearing(frequencyHz: number): Promise<number>;
  /** Times the peer connection has negotiated since it was made. */
  negotiations(): Promise<number>;
  close(): Promise<void>;
}

export async function openPerson(options: {
  origin: string;
  name: string;
  toneHz: number;
  microphone?: "allowed" | "denied";
}): Promise<Person> {
  const { origin, name } = options;
  const scratch = await scratchDirectory();
  const wav = join(scratch.path, "tone.wav");
  await writeTone(wav, options.toneHz);
  const context = await launch(join(scratch.path, "profile"), wav, options.microphone ?? "allowed");
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(countNegotiations);
  await page.goto(origin);

  const listen = (frequencyHz: number, wanted: boolean) =>
    page.evaluate(listenIn, { frequencyHz, wanted, millisecondsMax: 15_000 });
  const press = (role: "button" | "treeitem", wanted: RegExp) =>
    page.getByRole(role, { name: wanted }).evaluate((element: HTMLElement) => {
      element.click();
      return performance.timeOrigin + performance.now();
    });
  return {
    name,
    page,
    async logIn() {
      await page.getByLabel(/user name/i).fill(name);
      await page.getByLabel(/password/i).fill(`${name}123`);
      await page.locator("form").getByRole("button", { name: "Log in" }).click();
      await page.getByRole("tree").waitFor();
    },
    press,
    async joinChannel(channel) {
      await press("treeitem", new RegExp(`^${channel}`));
      await page.getByText("Voice connected").waitFor();
    },
    hears: (frequencyHz) => listen(frequencyHz, true),
    stopsHearing: (frequencyHz) => listen(frequencyHz, false),
    negotiations: () => page.evaluate(() => (globalThis as unknown as { negotiations: number }).negotiations),
    async close() {
      await context.close();
      await scratch.remove();
    },
  };
}

function launch(profile: string, wav: string, microphone: "allowed" | "denied"): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless: true,
    viewport: { width: 1000, height: 700 },
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ...QUIET_FLAGS,
      "--use-fake-device-for-media-stream",
      microphone === "allowed" ? "--use-fake-ui-for-media-stream" : "--deny-permission-prompts",
      `--use-file-for-fake-audio-capture=${wav}`,
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
}

/** Runs in the page before anything else. */
function countNegotiations(): void {
  const scope = globalThis as unknown as { negotiations: number };
  scope.negotiations = 0;
  type Negotiate = (description: RTCSessionDescriptionInit) => Promise<void>;
  const original: Negotiate = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    scope.negotiations++;
    return original.call(this, description);
  };
}
