/** Join tokens that are not good for this room, this node or this moment. */
import type { Arena, TokenChanges } from "./arena.ts";
import type { Attack } from "./attack.ts";
import { caughtUp, pause } from "./listening.ts";

/** From the node's having read a packet to its being at a listener. */
const FORWARDED_MS_MAX = 150;

/** Says hello with a token and answers how it ended. */
function refusedToken(
  name: string,
  expected: { code: string; close: number },
  tokenOf: (scene: Parameters<Attack["run"]>[0]) => Promise<string>,
): Attack {
  return {
    name,
    needsCall: false,
    async run(scene) {
      const token = await tokenOf(scene);
      const { client, leave } = await scene.arena.enter();
      const { code, close } = await refusalOf(scene.arena, token, client.offer);
      scene.note(`refused with ${code}, closed with ${close}`);
      scene.require(
        code === expected.code && close === expected.close,
        `${expected.code}, ${expected.close}`,
      );
      await leave();
    },
  };
}

async function refusalOf(arena: Arena, token: string, offer: string) {
  const signal = await arena.signal();
  signal.send({ type: "hello", versions: [1], token, offer });
  const [{ code }, close] = await Promise.all([signal.next("error"), signal.closed]);
  return { code, close };
}

const changed =
  (changes: () => TokenChanges) =>
  ({ arena }: Parameters<Attack["run"]>[0]) =>
    arena.token(changes());

const minuteAgo = () => new Date(Date.now() - 60_000);

export const tokenAttacks: readonly Attack[] = [
  refusedToken("Join token used twice", { code: "token_used", close: 4401 }, async ({ arena }) => {
    const token = await arena.token();
    const { client, leave } = await arena.enter();
    const signal = await arena.signal();
    signal.send({ type: "hello", versions: [1], token, offer: client.offer });
    await signal.next("welcome");
    signal.socket.terminate();
    await leave();
    return token;
  }),
  refusedToken(
    "Join token of another node",
    { code: "token_invalid", close: 4401 },
    changed(() => ({ nodeId: "elsewhere" })),
  ),
  refusedToken(
    "Expired join token",
    { code: "token_expired", close: 4401 },
    changed(() => ({ signedAt: minuteAgo() })),
  ),
  refusedToken(
    "Join token that an access tokens' key signed",
    { code: "token_invalid", close: 4401 },
    changed(() => ({ ring: "access" })),
  ),
  refusedToken(
    "Join token with a changed claim",
    { code: "token_invalid", close: 4401 },
    async ({ arena }) => {
      const [header = "", claims = "", signature = ""] = (await arena.token()).split(".");
      const bent = JSON.parse(Buffer.from(claims, "base64url").toString());
      const body = Buffer.from(JSON.stringify({ ...bent, perm: "9223372036854775807" })).toString(
        "base64url",
      );
      return [header, body, signature].join(".");
    },
  ),
  refusedToken("Join token that nobody signed", { code: "token_invalid", close: 4401 }, async ({ arena }) => {
    const [, claims = ""] = (await arena.token()).split(".");
    const header = Buffer.from(JSON.stringify({ alg: "none", typ: "join+jwt" })).toString("base64url");
    return `${header}.${claims}.`;
  }),
  {
    name: "Join token with the fence of an earlier placement",
    needsCall: false,
    async run({ arena, note, require }) {
      const room = { ch: "01890000-0000-7000-8000-ffffffffffff" as never };
      const current = await arena.enter({ ...room, fence: 7 });
      const token = await arena.token({ ...room, fence: 6 });
      const { code, close } = await refusalOf(arena, token, current.client.offer);
      note(`refused with ${code}, closed with ${close}`);
      require(code === "moved" && close === 4009, "moved, 4009");
      await current.leave();
    },
  },
  {
    name: "A member without the right to speak claims to be loudest",
    async run({ arena, note, require }) {
      const room = { ch: "01890000-0000-7000-8000-fffffffffffe" as never };
      const listener = await arena.join(room);
      const mute = await arena.join({ ...room, perm: "0" });
      let through = 0;
      listener.client.onVoice = () => through++;
      for (let n = 0; n < 50; n++) mute.client.speak(Buffer.alloc(80, 1), 0);
      await caughtUp(mute);
      await pause(FORWARDED_MS_MAX);
      note(`50 sent at 0 dBov, ${through} forwarded`);
      require(through === 0, "nothing is forwarded");
      await Promise.all([listener.leave(), mute.leave()]);
    },
  },
];
