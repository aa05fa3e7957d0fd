import type { Mutation, Mutations } from "../mutation.ts";
import { without } from "./guards.ts";

const SOCKET = "media-node/signal/signal-socket.ts";
const SERVER = "media-node/signal/signal-server.ts";

const inSocket = (removes: string, from: string, to = ""): Mutation[] =>
  without(removes, { file: SOCKET, from, to });

export const webSocketMutations: Mutations = {
  "Silence on a new socket": inSocket(
    "a socket says who it is in 5 s",
    'setTimeout(() => this.fail("authentication_timeout"), SIGNAL_AUTHENTICATE_MS_MAX)',
    "setTimeout(() => {}, 0)",
  ),
  "Foreign Origin": without("pages of others may not connect", {
    file: SERVER,
    from: 'return this.#isAllowed(request) ? this.#options.closedBecause() : "origin_forbidden";',
    to: "return this.#options.closedBecause();",
  }),
  "First frame a byte too large": without("frames have at most 48 KiB", {
    file: SERVER,
    from: "maxPayload: SIGNAL_HELLO_BYTES_MAX,",
    to: "",
  }),
  "Later frame of 16 KiB and a byte": inSocket(
    "later frames have at most 16 KiB",
    'if (this.#authenticated && data.length > SIGNAL_FRAME_BYTES_MAX) return this.fail("frame_too_large");',
  ),
  "Binary frame": inSocket(
    "frames are text",
    'if (isBinary) return this.fail("unsupported_media_type", "Send JSON in text frames.");',
  ),
  "Text that isn't UTF-8": without("text is UTF-8", {
    file: SERVER,
    from: "perMessageDeflate: false,",
    to: "perMessageDeflate: false, skipUTF8Validation: true,",
  }),
  "Five unknown messages": inSocket(
    "who errs five times is closed",
    "!this.#authenticated || ++this.#errors >= SIGNAL_ERRORS_MAX;",
    "!this.#authenticated;",
  ),
  "Flood of messages": inSocket(
    "messages have a rate",
    'if (!this.#bucket.take(performance.now())) return this.fail("too_many_messages");',
  ),
  "A reader that never reads": [
    {
      removes: "a slow reader is closed",
      edits: [
        {
          file: SOCKET,
          from: 'if (this.#socket.bufferedAmount > SIGNAL_SEND_BUFFER_BYTES_MAX) return this.fail("slow_reader");',
          to: "",
        },
      ],
      inAttacker: true,
    },
  ],
};
