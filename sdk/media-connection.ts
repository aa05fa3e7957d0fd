/**
 * The peer connection of one call: a sendonly m-line for the microphone and a fixed number of recvonly ones
 * ("voices"). One offer and one answer; people who come and go never cause another.
 */
import { VOICES_PER_LISTENER } from "@parley/contract/limits";
import { ParleyError } from "./parley-error.ts";

export class MediaConnection {
  readonly peerConnection: RTCPeerConnection;
  /** Stream of voice 0 … K−1, in the offer's order. */
  readonly streams: readonly MediaStream[];

  /** Without a track the connection only listens; the m-line is there all the same. */
  constructor(track: MediaStreamTrack | undefined, voices = VOICES_PER_LISTENER) {
    // The node is ICE-lite and public, or on the same network: no STUN or TURN server is asked.
    this.peerConnection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: [] });
    this.peerConnection.addTransceiver(track ?? "audio", { direction: "sendonly" });
    this.streams = Array.from({ length: voices }, () => {
      const { receiver } = this.peerConnection.addTransceiver("audio", { direction: "recvonly" });
      return new MediaStream([receiver.track]);
    });
  }

  /** The offer goes out without candidates: the node learns our address from the checks that we send. */
  async offer(): Promise<string> {
    const offer = await this.peerConnection.createOffer();
    await this.peerConnection.setLocalDescription(offer);
    return offer.sdp ?? "";
  }

  async accept(answer: string): Promise<void> {
    try {
      await this.peerConnection.setRemoteDescription({ type: "answer", sdp: answer });
    } catch (cause) {
      throw new ParleyError("bad_response", { cause });
    }
  }

  /** Resolves when media can flow; rejects when the browser gives up. */
  connected(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => {
      const state = this.peerConnection.connectionState;
      if (state === "connected") resolve();
      if (state === "failed") reject(new ParleyError("transport_failed"));
    };
    this.peerConnection.addEventListener("connectionstatechange", check);
    check();
    return promise.finally(() => this.peerConnection.removeEventListener("connectionstatechange", check));
  }

  onFailed(listener: () => void): void {
    this.peerConnection.addEventListener("connectionstatechange", () => {
      if (this.peerConnection.connectionState === "failed") listener();
    });
  }

  close(): void {
    this.peerConnection.close();
  }
}
