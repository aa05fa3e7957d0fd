/** Plays the received voices: one audio element each, never in the document. */
export class Playback {
  readonly #onBlocked: () => void;
  #elements: HTMLAudioElement[] = [];
  #blocked = false;

  constructor(onBlocked: () => void) {
    this.#onBlocked = onBlocked;
  }

  start(streams: readonly MediaStream[]): void {
    this.#elements = streams.map((stream) => {
      const element = new Audio();
      element.srcObject = stream;
      void this.#play(element);
      return element;
    });
  }

  /** Call from a click: browsers refuse sound on pages that nobody has touched. */
  async resume(): Promise<void> {
    this.#blocked = false;
    await Promise.all(this.#elements.map((element) => this.#play(element)));
  }

  close(): void {
    for (const element of this.#elements) {
      element.pause();
      element.srcObject = null;
    }
    this.#elements = [];
  }

  async #play(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      // Closing rejects a pending play() with AbortError, which is no news.
      const refused = error instanceof Error && error.name === "NotAllowedError";
      if (!refused || this.#blocked) return;
      this.#blocked = true;
      this.#onBlocked();
    }
  }
}
