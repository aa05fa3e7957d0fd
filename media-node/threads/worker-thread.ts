/** Rooms and transports in a worker, on a port number of their own. A worker that dies is replaced. */
import { once } from "node:events";
import type { Socket as TcpSocket } from "node:net";
import { Worker } from "node:worker_threads";
import { AppError } from "@parley/contract/errors";
import type { TcpRefusal } from "../port/tcp-router.ts";
import type { ThreadCounts } from "./thread-counts.ts";
import type { Entering, VoiceRights, VoiceThread, VoiceThreadEvents } from "./voice-thread.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

const MAIN = new URL("./worker-main.ts", import.meta.url);

/** How long a worker that died, or that could not be started again, is waited for. */
const RESPAWN_MS_MIN = 250;
const RESPAWN_MS_MAX = 30_000;
/** A worker that is told to end has so long; its people were told before. */
const CLOSE_MS_MAX = 2_000;

type State =
  /** The first start; what it throws is the caller's. */
  | { phase: "starting"; worker: Worker }
  | { phase: "open"; worker: Worker }
  | { phase: "respawning"; worker: Worker | undefined; timer: NodeJS.Timeout | undefined; delayMs: number }
  | { phase: "closed" };

export interface WorkerThreadEvents extends VoiceThreadEvents {
  /** A connection to the worker's port came to nothing, or one to the node's that should have gone there. */
  onConnectionRefused(reason: TcpRefusal): void;
}

export class WorkerThread implements VoiceThread {
  readonly #start: WorkerStart;
  readonly #events: WorkerThreadEvents;
  readonly #stays = new Set<number>();
  readonly #accepting = new Map<number, PromiseWithResolvers<{ answer: string; voices: number }>>();
  readonly #counting = new Map<number, PromiseWithResolvers<ThreadCounts>>();
  readonly #opened = Promise.withResolvers<void>();
  #state: State;
  #requests = 0;

  /** Throws what the worker's start threw, such as a port that is taken. */
  static async open(start: WorkerStart, events: WorkerThreadEvents): Promise<WorkerThread> {
    const thread = new WorkerThread(start, events);
    await thread.#opened.promise;
    return thread;
  }

  private constructor(start: WorkerStart, events: WorkerThreadEvents) {
    this.#start = start;
    this.#events = events;
    this.#state = { phase: "starting", worker: this.#spawn() };
  }

  get isOpen(): boolean {
    return this.#state.phase === "open";
  }

  async accept(stay: number, sdp: string, addresses: readonly string[]) {
    this.#assertOpen();
    const waiter = Promise.withResolvers<{ answer: string; voices: number }>();
    this.#stays.add(stay);
    this.#accepting.set(stay, waiter);
    this.#tell({ type: "accept", stay, sdp, addresses });
    return waiter.promise;
  }

  enter(stay: number, entering: Entering): void {
    this.#tell({ type: "enter", stay, entering });
  }

  mute(stay: number, muted: boolean): void {
    this.#tell({ type: "mute", stay, muted });
  }

  setRights(stay: number, rights: VoiceRights): void {
    this.#tell({ type: "rights", stay, rights });
  }

  leave(stay: number): void {
    this.#stays.delete(stay);
    this.#tell({ type: "leave", stay });
  }

  /** A worker offers candidates of its own port only, so nobody was sent here. */
  acceptTcp(socket: TcpSocket): void {
    this.#events.onConnectionRefused("tcp_wrong_port");
    socket.destroy();
  }

  async counts(): Promise<ThreadCounts> {
    this.#assertOpen();
    const request = ++this.#requests;
    const waiter = Promise.withResolvers<ThreadCounts>();
    this.#counting.set(request, waiter);
    this.#tell({ type: "counts", request });
    return waiter.promise;
  }

  async close(): Promise<void> {
    const state = this.#state;
    this.#state = { phase: "closed" };
    if (state.phase === "respawning") clearTimeout(state.timer);
    const worker = state.phase === "closed" ? undefined : state.worker;
    if (!worker) return;
    const exited = once(worker, "exit");
    worker.postMessage({ type: "close" } satisfies ToWorker);
    const deadline = setTimeout(() => void worker.terminate(), CLOSE_MS_MAX);
    await exited;
    clearTimeout(deadline);
  }

  /** To a worker that isn't there nothing is told: with it its people are gone. */
  #tell(message: ToWorker): void {
    if (this.#state.phase === "open") this.#state.worker.postMessage(message);
  }

  #assertOpen(): void {
    if (!this.isOpen) throw new AppError("unavailable");
  }

  #spawn(): Worker {
    const worker = new Worker(MAIN, { workerData: this.#start });
    let failure: unknown;
    worker.on("message", (message: FromWorker) => {
      if (message.type === "failed") failure = message.error;
      else this.#heard(worker, message);
    });
    worker.on("error", (error) => {
      failure = error;
    });
    worker.on("exit", (code) =>
      this.#died(failure ?? new Error(`the media worker on port ${this.#start.port} ended with ${code}`)),
    );
    return worker;
  }

  #heard(worker: Worker, message: Exclude<FromWorker, { type: "failed" }>): void {
    switch (message.type) {
      case "open":
        if (this.#state.phase !== "closed") this.#state = { phase: "open", worker };
        return this.#opened.resolve();
      case "accepted":
        this.#accepting.get(message.stay)?.resolve(message);
        return void this.#accepting.delete(message.stay);
      case "refused": {
        const { code, detail } = message;
        this.#stays.delete(message.stay);
        this.#accepting.get(message.stay)?.reject(new AppError(code, { detail }));
        return void this.#accepting.delete(message.stay);
      }
      case "message":
        return this.#events.onMessage(message.stays, message.message);
      case "lost":
        return this.#events.onLost(message.stay);
      case "connected":
        return this.#events.onConnected(message.handshakeMs);
      case "bug":
        return this.#events.onBug(message.error);
      case "connection-refused":
        return this.#events.onConnectionRefused(message.reason);
      case "counts":
        this.#counting.get(message.request)?.resolve(message.counts);
        return void this.#counting.delete(message.request);
    }
  }

  /** Its people join again: in other threads until another worker has taken its place. */
  #died(failure: unknown): void {
    for (const waiter of [...this.#accepting.values(), ...this.#counting.values()])
      waiter.reject(new AppError("unavailable"));
    this.#accepting.clear();
    this.#counting.clear();
    const state = this.#state;
    // One that never opened can't open; another attempt would end the same way.
    if (state.phase === "starting") this.#state = { phase: "closed" };
    if (state.phase === "starting") return this.#opened.reject(failure);
    if (state.phase === "closed") return;
    const delayMs = state.phase === "open" ? RESPAWN_MS_MIN : Math.min(RESPAWN_MS_MAX, state.delayMs * 2);
    this.#respawnIn(delayMs);
    this.#events.onBug(failure);
    const lost = [...this.#stays];
    this.#stays.clear();
    for (const stay of lost) this.#events.onLost(stay);
  }

  #respawnIn(delayMs: number): void {
    const timer = setTimeout(() => {
      this.#state = { phase: "respawning", worker: this.#spawn(), timer: undefined, delayMs };
    }, delayMs);
    this.#state = { phase: "respawning", worker: undefined, timer, delayMs };
  }
}
