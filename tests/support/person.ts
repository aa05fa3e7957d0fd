/** A person at a browser: a Chromium profile of their own, a microphone that plays a tone, ears that measure. */
import { writeFile } from "node:fs/promises";
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

export interface Replacement {
  /** Of a regular expression over lines. */
  pattern: string;
  replacement: string;
}

export interface TransportStats {
  protocol: string | undefined;
  /** The node's address that is in use. */
  address: string | undefined;
  srtpCipher: string | undefined;
  dtlsCipher: string | undefined;
}

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
  /** How the media goes, from the browser's own statistics. */
  transport(): Promise<TransportStats>;
  close(): Promise<void>;
}

export async function openPerson(options: {
  origin: string;
  name: string;
  toneHz: number;
  microphone?: "allowed" | "denied";
  /** Network namespace to live in; the tests' own if undefined. */
  namespace?: string;
  /** Made in each SDP answer before the browser reads it. */
  answer?: readonly Replacement[];
  /** For instruments that the page's Content-Security-Policy would refuse. */
  bypassesCsp?: boolean;
}): Promise<Person> {
  const { origin, name } = options;
  const scratch = await scratchDirectory();
  const wav = join(scratch.path, "tone.wav");
  await writeTone(wav, options.toneHz);
  const executablePath =
    options.namespace === undefined ? chromiumPath() : await namespaced(options.namespace, scratch.path);
  const context = await launch({
    executablePath,
    profile: join(scratch.path, "profile"),
    wav,
    microphone: options.microphone ?? "allowed",
    origin,
    bypassesCsp: options.bypassesCsp ?? false,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(countNegotiations, options.answer ?? []);
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
    transport: () => page.evaluate(readTransport),
    async close() {
      await context.close();
      await scratch.remove();
    },
  };
}

function launch(options: {
  executablePath: string;
  profile: string;
  wav: string;
  microphone: "allowed" | "denied";
  origin: string;
  bypassesCsp: boolean;
}): Promise<BrowserContext> {
  return chromium.launchPersistentContext(options.profile, {
    executablePath: options.executablePath,
    headless: true,
    bypassCSP: options.bypassesCsp,
    viewport: { width: 1000, height: 700 },
    // As a person does who was told what the warning of a certificate of one's own says.
    ignoreHTTPSErrors: true,
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ...QUIET_FLAGS,
      "--use-fake-device-for-media-stream",
      options.microphone === "allowed" ? "--use-fake-ui-for-media-stream" : "--deny-permission-prompts",
      `--use-file-for-fake-audio-capture=${options.wav}`,
      "--autoplay-policy=no-user-gesture-required",
      // A page of another machine by plain HTTP would get no microphone; the network is what is tested there.
      `--unsafely-treat-insecure-origin-as-secure=${options.origin}`,
    ],
  });
}

/** A program that is Chromium inside a network namespace. */
async function namespaced(namespace: string, directory: string): Promise<string> {
  const path = join(directory, "chromium");
  const script = `#!/bin/sh\nexec ip netns exec ${namespace} ${chromiumPath()} "$@"\n`;
  await writeFile(path, script, { mode: 0o700 });
  return path;
}

/** Runs in the page before anything else. */
function countNegotiations(replacements: readonly Replacement[]): void {
  const scope = globalThis as unknown as { negotiations: number };
  scope.negotiations = 0;
  type Negotiate = (description: RTCSessionDescriptionInit) => Promise<void>;
  const original: Negotiate = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    scope.negotiations++;
    const sdp = replacements.reduce(
      (text, { pattern, replacement }) => text.replace(new RegExp(pattern, "gm"), replacement),
      description.sdp ?? "",
    );
    return original.call(this, { type: description.type, sdp });
  };
}

/** Runs in the page. */
async function readTransport(): Promise<TransportStats> {
  const { parley } = globalThis as unknown as {
    parley: { media: { peerConnection: RTCPeerConnection } };
  };
  const stats = new Map<string, Record<string, string | undefined>>();
  (await parley.media.peerConnection.getStats()).forEach((entry) => {
    stats.set(entry.id, entry);
  });
  const transport = [...stats.values()].find((entry) => entry.type === "transport");
  const pair = stats.get(transport?.selectedCandidatePairId ?? "");
  const remote = stats.get(pair?.remoteCandidateId ?? "");
  const { srtpCipher, dtlsCipher } = transport ?? {};
  return { protocol: remote?.protocol, address: remote?.address, srtpCipher, dtlsCipher };
}
