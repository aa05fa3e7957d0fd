import type { Mutations } from "../mutation.ts";
import { without } from "./guards.ts";

const TCP_PATH = "media-node/rtc/tcp-path.ts";

export const exhaustionMutations: Mutations = {
  "2,500 TCP connections of one address that say nothing": without("the newest always gets in", {
    file: "media-node/port/tcp-router.ts",
    from: "undecided.add(socket, networkOf(socket.remoteAddress));",
    to: "if (undecided.size >= UNDECIDED_SHARE_MAX) return void socket.destroy();\nundecided.add(socket, networkOf(socket.remoteAddress));",
  }),
  "WebSockets of one address that never say hello": without("the newest always gets in", {
    file: "media-node/node.ts",
    from: 'closedBecause: () => (state === "ready" ? undefined : "shutting_down"),',
    to: 'closedBecause: () => (waiting.size >= SIGNAL_SOCKETS_WAITING_SHARE_MAX ? "unavailable" : undefined),',
  }),
  "Zeros over TCP at full speed": without(
    "a frame isn't empty",
    { file: "media-node/rtc/tcp-framing.ts", from: "length === 0 || ", to: "" },
    {
      file: TCP_PATH,
      from: 'if (packet.length < STUN_HEADER_BYTES) return this.#refuse("frame_malformed");',
      to: "",
    },
  ),
  "Frames of one byte over TCP at full speed": without("a stranger's frame has a STUN header", {
    file: TCP_PATH,
    from: 'if (packet.length < STUN_HEADER_BYTES) return this.#refuse("frame_malformed");',
    to: "",
  }),
  "Frames of STUN's size and of nothing in them, over TCP at full speed": without(
    "a stranger has 16 frames",
    {
      file: TCP_PATH,
      from: 'if (++this.#strangerFrames > STRANGER_FRAMES_MAX) return this.#refuse("frame_flood");',
      to: "",
    },
  ),
};
