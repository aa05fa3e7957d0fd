/** The worker's side: rooms and transports of its own, on a port of its own. */
import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "@parley/contract/errors";
import { type BoundPort, bindPort } from "../port/bound-port.ts";
import { routeTcp, type TcpRefusal, type TcpRouter } from "../port/tcp-router.ts";
import { LocalThread } from "./local-thread.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

assert(parentPort, "this file runs as a worker");
const parent = parentPort;
const tell = (message: FromWorker) => parent.postMessage(message);
const refused = (reason: TcpRefusal) => tell({ type: "connection-refused", reason });

const start = workerData as WorkerStart;
try {
  serve(await bindPort({ port: start.port, host: start.listenHost }));
} catch (error) {
  // Said, and ended by having nothing to do: Node may crash as a whole where a worker's module throws (nodejs/node#63540).
  tell({ type: "failed", error });
}

function serve(port: BoundPort): void {
  const thread = new LocalThread(port, start, {
    onMessage: (stays, message) => tell({ type: "message", stays, message }),
    onLost: (stay) => tell({ type: "lost", stay }),
    onConnected: (handshakeMs) => tell({ type: "connected", handshakeMs }),
    onBug: (error) => tell({ type: "bug", error }),
  });
  const router = routeTcp(port.tcp, {
    // Pages are served on the node's own port.
    http(socket) {
      refused("tcp_wrong_port");
      socket.destroy();
    },
    tls: undefined,
    iceTcp: (socket, head) => thread.acceptTcp(socket, head),
    onRefused: refused,
  });
  parent.on("message", (message: ToWorker) => {
    switch (message.type) {
      case "accept":
        return void accept(thread, message);
      case "enter":
        return thread.enter(message.stay, message.entering);
      case "mute":
        return thread.mute(message.stay, message.muted);
      case "rights":
        return thread.setRights(message.stay, message.rights);
      case "leave":
        return thread.leave(message.stay);
      case "counts":
        return void thread
          .counts()
          .then((counts) => tell({ type: "counts", request: message.request, counts }));
      case "close":
        return void close(thread, port, router);
    }
  });
  tell({ type: "open" });
}

type Accept = Extract<ToWorker, { type: "accept" }>;

async function accept(thread: LocalThread, { stay, sdp, addresses }: Accept): Promise<void> {
  try {
    tell({ type: "accepted", stay, ...(await thread.accept(stay, sdp, addresses)) });
  } catch (error) {
    if (!(error instanceof AppError)) tell({ type: "bug", error });
    const code = error instanceof AppError ? error.code : "internal_error";
    tell({ type: "refused", stay, code, detail: error instanceof Error ? error.message : String(error) });
  }
}

async function close(thread: LocalThread, port: BoundPort, router: TcpRouter): Promise<void> {
  await thread.close();
  port.tcp.close();
  router.closeUndecided();
  port.udp.close();
  parent.close();
}
