/** Opens the microphone, and puts the browser's refusals into words. */
import { ParleyError, type ParleyErrorCode } from "./parley-error.ts";

const codesByName: Readonly<Record<string, ParleyErrorCode>> = {
  NotAllowedError: "microphone_denied",
  SecurityError: "microphone_denied",
  NotFoundError: "microphone_missing",
  OverconstrainedError: "microphone_missing",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
};

export async function openMicrophone(): Promise<MediaStreamTrack> {
  // On http:// pages other than localhost `mediaDevices` doesn't exist at all.
  if (!globalThis.isSecureContext || !navigator.mediaDevices) throw new ParleyError("insecure_origin");
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (cause) {
    throw microphoneError(cause);
  }
  const [track] = stream.getAudioTracks();
  if (!track) throw new ParleyError("microphone_missing");
  return track;
}

/** Maps what getUserMedia rejects with. Unknown names mean that the device is there but doesn't work. */
export function microphoneError(cause: unknown): ParleyError {
  const name = cause instanceof Error ? cause.name : "";
  return new ParleyError(codesByName[name] ?? "microphone_busy", { cause });
}
