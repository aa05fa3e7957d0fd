import type { Mutations } from "../mutation.ts";
import { SILENCE } from "./guards.ts";

const ROUTER = "media-node/port/tcp-router.ts";

export const floodMutations: Mutations = {
  "ClientHellos at 1,000/s from another address during 200 handshakes": [
    { removes: "a stranger is answered with silence", edits: SILENCE },
  ],
  "TCP connections that say nothing, garbage, or a frame without a check": [
    {
      removes: "a connection says what it is in 10 s",
      edits: [{ file: ROUTER, from: "socket.setTimeout(FIRST_BYTE_MS_MAX);", to: "" }],
    },
    {
      removes: "garbage is closed",
      edits: [
        {
          file: ROUTER,
          from: 'if (!route) return refuse(socket, "tcp_unknown");',
          to: "if (!route) return;",
        },
      ],
    },
    {
      removes: "an ICE connection brings a good check in 5 s",
      edits: [{ file: "media-node/rtc/tcp-path.ts", from: "), ATTACH_MS_MAX);", to: "), 600_000);" }],
    },
  ],
};
