import type { Mutations } from "../mutation.ts";
import { without } from "./guards.ts";

const TCP_PATH = "media-node/rtc/tcp-path.ts";
const CHECK_SIZE = {
  file: TCP_PATH,
  from: 'if (packet.length < STUN_HEADER_BYTES) return this.#refuse("frame_malformed");',
  to: "",
};

export const exhaustionMutations: Mutations = {
  "2,500 TCP connections of one address that say nothing": without("the oldest makes room for the newest", {
    file: "media-node/port/tcp-router.ts",
    from: "undecided.add(socket, networkOf(socket.remoteAddress));",
    to: "if (undecided.size >= 500) return void socket.destroy();\nundecided.add(socket, networkOf(socket.remoteAddress));",
  }),
  "WebSockets of one address that never say hello": without("the oldest makes room for the newest", {
    file: "media-node/node.ts",
    from: '(state === "ready" ? undefined : "shutting_down")',
    to: '(state === "ready" && waiting.size < 200 ? undefined : "unavailable")',
  }),
  "Garbage on an ICE-TCP connection that carries a call": [
    ...without("a frame is no longer than a packet", {
      file: "media-node/rtc/tcp-framing.ts",
      from: " || length > FRAME_BYTES_MAX",
      to: "",
    }),
    ...without("a packet that is none is dropped alone", {
      file: "media-node/rtc/gate.ts",
      from: 'return this.drops.count(packet.length === 0 ? "empty" : "kind_unknown");',
      to: "return path.close();",
    }),
  ],
  "Zeros over TCP at full speed": without(
    "a frame has something in it",
    { file: "media-node/rtc/tcp-framing.ts", from: "length === 0 || ", to: "" },
    CHECK_SIZE,
  ),
  "Frames of one byte over TCP at full speed": without("a stranger's frame can be a check", CHECK_SIZE),
  "Frames of STUN's size and of nothing in them, over TCP at full speed": without(
    "a stranger has 16 frames",
    {
      file: TCP_PATH,
      from: 'if (++this.#strangerFrames > STRANGER_FRAMES_MAX) return this.#refuse("frame_flood");',
      to: "",
    },
  ),
};
