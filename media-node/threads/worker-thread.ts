/** Rooms and transports in a worker, on a port number of their own. A worker that dies is replaced. */
import { once } from "node:events";
import type { Socket as TcpSocket } from "node:net";
import { Worker } from "node:worker_threads";
import { AppError } from "@parley/contract/errors";
import type { ThreadCounts } from "./thread-counts.ts";
import type { Entering, VoiceRights, VoiceThread, VoiceThreadEvents } from "./voice-thread.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

const MAIN = new URL("./worker-main.ts", import.meta.url);

export class WorkerThread implements VoiceThread {
  readonly #start: WorkerStart;
  readonly #events: VoiceThreadEvents;
  readonly #stays = new Set<number>();
  readonly #accepting = new Map<number, PromiseWithResolvers<{ answer: string; voices: number }>>();
  readonly #counting = new Map<number, PromiseWithResolvers<ThreadCounts>>();
  readonly #opened = Promise.withResolvers<void>();
  #worker: Worker;
  #requests = 0;
  #isOpen = false;
  #closing = false;

  /** Throws what the worker's start threw, such as a port that is taken. */
  static async open(start: WorkerStart, events: VoiceThreadEvents): Promise<WorkerThread> {
    const thread = new WorkerThread(start, events);
    await thread.#opened.promise;
    return thread;
  }

  private constructor(start: WorkerStart, events: VoiceThreadEvents) {
    this.#start = start;
    this.#events = events;
    this.#worker = this.#spawn();
  }

  accept(stay: number, sdp: string, addresses: readonly string[]) {
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
    socket.destroy();
  }

  counts(): Promise<ThreadCounts> {
    const request = ++this.#requests;
    const waiter = Promise.withResolvers<ThreadCounts>();
    this.#counting.set(request, waiter);
    this.#tell({ type: "counts", request });
    return waiter.promise;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const exited = once(this.#worker, "exit");
    this.#tell({ type: "close" });
    await exited;
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #spawn(): Worker {
    const worker = new Worker(MAIN, { workerData: this.#start });
    worker.on("message", (message: FromWorker) => this.#heard(message));
    worker.on("error", (error) => {
      if (this.#isOpen) this.#events.onBug(error);
      else this.#opened.reject(error);
    });
    worker.on("exit", () => this.#died());
    return worker;
  }

  #heard(message: FromWorker): void {
    switch (message.type) {
      case "open":
        this.#isOpen = true;
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
      case "counts":
        this.#counting.get(message.request)?.resolve(message.counts);
        return void this.#counting.delete(message.request);
    }
  }

  /** Its people join again, and find the worker that took its place. */
  #died(): void {
    for (const waiter of [...this.#accepting.values(), ...this.#counting.values()])
      waiter.reject(new AppError("unavailable"));
    this.#accepting.clear();
    this.#counting.clear();
    // One that never opened can't open; another attempt would end the same way.
    if (this.#closing || !this.#isOpen) return;
    this.#isOpen = false;
    this.#worker = this.#spawn();
    const lost = [...this.#stays];
    this.#stays.clear();
    for (const stay of lost) this.#events.onLost(stay);
  }
}
