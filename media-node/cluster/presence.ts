/** Tells the directory that this node lives and who is in its rooms: each second, and soon after a change. */
import type { Present } from "@parley/contract/channels";
import type { NodeId, OrganizationId } from "@parley/contract/ids";
import type { NodeDirectory, NodeRecord } from "@parley/contract/node-directory";

const HEARTBEAT_INTERVAL_MS = 1_000;
/**
 * Changes are told at once, since moderators act on what they see; beyond so many in this time, the others together:
 * a rush of hundreds would be told hundreds of times, each time whole.
 */
const CHANGES_INTERVAL_MS = 100;
const AT_ONCE_MAX = 4;

export interface PresenceSource {
  readonly id: NodeId;
  record(): NodeRecord;
  present(organizationId: OrganizationId): Present[];
}

export class Presence {
  readonly #directory: NodeDirectory;
  readonly #source: PresenceSource;
  readonly #onError: (error: unknown) => void;
  /** Organisations that were told of a moment ago, how often, and whether something has changed since, and somebody come. */
  readonly #told = new Map<OrganizationId, { times: number; changed: boolean; hasComers: boolean }>();
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
    const told = this.#told.get(organizationId);
    if (!told) return this.#tell(organizationId);
    if (told.times === AT_ONCE_MAX) {
      told.changed = true;
      return;
    }
    told.times++;
    this.#set(organizationId);
  }

  /** Somebody has come. */
  came(organizationId: OrganizationId): void {
    this.changed(organizationId);
    const told = this.#told.get(organizationId);
    if (told?.changed) told.hasComers = true;
  }

  /** Before somebody goes: whoever never was told of would leave the voice that was reserved for them behind. */
  leaving(organizationId: OrganizationId): void {
    const told = this.#told.get(organizationId);
    if (!told?.hasComers) return;
    told.hasComers = false;
    told.changed = false;
    this.#set(organizationId);
  }

  /** Tells what there is still to tell, and that the node is gone. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const [organizationId, { changed }] of this.#told) if (changed) this.#set(organizationId);
    this.#told.clear();
    await this.#directory.heartbeat(this.#source.record()).catch(this.#onError);
  }

  #tell(organizationId: OrganizationId): void {
    const told = { times: 1, changed: false, hasComers: false };
    this.#told.set(organizationId, told);
    this.#set(organizationId);
    setTimeout(() => {
      if (this.#told.get(organizationId) !== told) return;
      this.#told.delete(organizationId);
      if (told.changed) this.#tell(organizationId);
    }, CHANGES_INTERVAL_MS).unref();
  }

  #set(organizationId: OrganizationId): void {
    this.#directory
      .setPresence(this.#source.id, organizationId, this.#source.present(organizationId))
      .catch(this.#onError);
  }
}
