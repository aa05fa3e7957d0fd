/**
 * Those who have not shown yet what they are here for, the longest waiting first. Somebody new always gets in, since
 * honest ones leave within a round trip and a flood doesn't: when the list is full the first goes, and where one
 * network has its share already, the first of that network.
 */
export class WaitingList<Item> {
  readonly #sizeMax: number;
  readonly #shareMax: number;
  readonly #onEvicted: (item: Item) => void;
  readonly #networks = new Map<Item, string>();
  readonly #shares = new Map<string, Set<Item>>();

  /** `shareMax` is what one network may hold. Who is evicted is no longer in the list when it is told. */
  constructor(sizeMax: number, shareMax: number, onEvicted: (item: Item) => void) {
    this.#sizeMax = sizeMax;
    this.#shareMax = shareMax;
    this.#onEvicted = onEvicted;
  }

  get size(): number {
    return this.#networks.size;
  }

  add(item: Item, network: string): void {
    const share = this.#shares.get(network);
    if (share && share.size >= this.#shareMax) this.#evictFirst(share);
    else if (this.size >= this.#sizeMax) this.#evictFirst(this.#networks.keys());
    this.#networks.set(item, network);
    // Asked again: the eviction may have ended the share.
    const present = this.#shares.get(network) ?? new Set();
    this.#shares.set(network, present.add(item));
  }

  /** Removing what isn't there is fine. */
  remove(item: Item): void {
    const network = this.#networks.get(item);
    if (network === undefined) return;
    this.#networks.delete(item);
    const share = this.#shares.get(network);
    share?.delete(item);
    if (share?.size === 0) this.#shares.delete(network);
  }

  /** Takes everybody out, without telling. */
  drain(): Item[] {
    const items = [...this.#networks.keys()];
    this.#networks.clear();
    this.#shares.clear();
    return items;
  }

  #evictFirst(items: Iterable<Item>): void {
    for (const item of items) {
      this.remove(item);
      return this.#onEvicted(item);
    }
  }
}
