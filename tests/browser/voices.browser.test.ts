/** More talkers than voices, in real Chromium: whoever starts to speak is heard, though all voices are taken. */
import { VOICES_PER_LISTENER } from "@parley/contract/limits";
import { ensurePage } from "@parley/standalone/page";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPerson, type Person } from "../support/person.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

const TALKERS = VOICES_PER_LISTENER + 2;
/** Far enough apart to be told from each other in the spectrum. */
const toneOf = (talker: number) => 400 + talker * 150;
/**
 * From the tone's start in one browser to its being heard in the other. Capture, coding, jitter buffer and the
 * analyser take nearly all of it: 82 to 160 ms on two busy cores. The bound leaves room for slower machines.
 */
const HEARD_MS_MAX = 1_000;

let server: TestServer;
let crowd: Person;
let listener: Person;

beforeAll(async () => {
  await ensurePage(() => {});
  server = await startTestServer();
  crowd = await openPerson({ origin: server.origin, name: "alice", toneHz: 100 });
  listener = await openPerson({ origin: server.origin, name: "bob", toneHz: 100 });
});
afterAll(async () => {
  await crowd.close();
  await listener.close();
  await server.stop();
});

it(`hears each of ${TALKERS} people who take turns, though there are ${VOICES_PER_LISTENER} voices`, async () => {
  await crowd.logIn();
  await crowd.page.evaluate(enterCrowd, {
    count: TALKERS,
    tones: Array.from({ length: TALKERS }, (_, n) => toneOf(n)),
  });
  await listener.logIn();
  await listener.joinChannel("Lobby");
  const heardMs: number[] = [];
  // Twice round: the second time nobody's voice is new.
  for (let turn = 0; turn < 2 * TALKERS; turn++) {
    const talker = turn % TALKERS;
    const heard = listener.hears(toneOf(talker));
    const startedAtMs = await crowd.page.evaluate(setTalking, { talker, talking: true });
    heardMs.push((await heard) - startedAtMs);
    await crowd.page.evaluate(setTalking, { talker, talking: false });
    await listener.stopsHearing(toneOf(talker));
  }
  process.stderr.write(`heard after ${heardMs.map((ms) => Math.round(ms)).join(", ")} ms\n`);
  expect(Math.max(...heardMs)).toBeLessThan(HEARD_MS_MAX);
});

interface CrowdScope {
  talkers: GainNode[];
}

/** Runs in the page: many clients, each with a microphone that is a tone of its own, silent at first. */
async function enterCrowd({ count, tones }: { count: number; tones: number[] }): Promise<void> {
  type Client = import("@parley/sdk/voice-client").VoiceClient;
  const scope = globalThis as unknown as CrowdScope & { parley: Client };
  const context = new AudioContext();
  await context.resume();
  scope.talkers = [];
  navigator.mediaDevices.getUserMedia = async () => {
    const oscillator = new OscillatorNode(context, { frequency: tones[scope.talkers.length] ?? 0 });
    const gain = new GainNode(context, { gain: 0 });
    const microphone = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    oscillator.connect(gain).connect(microphone);
    oscillator.start();
    scope.talkers.push(gain);
    return microphone.stream;
  };
  const first = scope.parley;
  const [organization] = await first.organizations();
  const channels = organization ? await first.channels(organization.id) : [];
  const lobby = channels.find((channel) => channel.name === "Lobby");
  if (!organization || !lobby) throw new Error("the demo organisation is not there");
  const Constructor = first.constructor as new (options: { session: Client["session"] }) => Client;
  for (let n = 0; n < count; n++) {
    const client = new Constructor({ session: first.session });
    await client.join({ organizationId: organization.id, channelId: lobby.id });
  }
}

/** Runs in the page; answers when, in ms since 1970. */
function setTalking({ talker, talking }: { talker: number; talking: boolean }): number {
  const gain = (globalThis as unknown as CrowdScope).talkers[talker]?.gain;
  if (gain) gain.value = talking ? 0.3 : 0;
  return performance.timeOrigin + performance.now();
}
