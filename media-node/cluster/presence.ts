/** Tells the directory that this node lives and who is in its rooms: each second, and at once on a change. */
import type { Present } from "@parley/contract/channels";
import type { NodeId, OrganizationId } from "@parley/contract/ids";
import type { NodeDirectory, NodeRecord } from "@parley/contract/node-directory";

const HEARTBEAT_INTERVAL_MS = 1_000;

export interface PresenceSource {
  readonly id: NodeId;
  record(): NodeRecord;
  present(organizationId: OrganizationId): Present[];
}

export class Presence {
  readonly #directory: NodeDirectory;
  readonly #source: PresenceSource;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: NodeDirectory, source: PresenceSource, onError: (error: unknown) => void) {
    this.#directory = directory;
    this.#source = source;
    this.#onError = onError;
  }

  async start(): Promise<void> {
    await this.#directory.heartbeat(this.#source.record());
    this.#timer = setInterval(() => this.beat(), HEARTBEAT_INTERVAL_MS);
  }

  /** Soft state: one that is lost is made good by the next, so a failure is only told. */
  beat(): void {
    this.#directory.heartbeat(this.#source.record()).catch(this.#onError);
  }

  changed(organizationId: OrganizationId): void {
    this.#directory
      .setPresence(this.#source.id, organizationId, this.#source.present(organizationId))
      .catch(this.#onError);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#directory.heartbeat(this.#source.record()).catch(this.#onError);
  }
}
