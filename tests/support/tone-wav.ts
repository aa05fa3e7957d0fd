/** WAV files for Chromium's fake microphone. */
import { writeFile } from "node:fs/promises";

const SAMPLE_RATE = 48_000;
const SECONDS = 4;
/** Swings like syllables do, never silent: noise suppression takes an even tone for a hum and removes it. */
const SYLLABLES_PER_SECOND = 5;

/** Writes a mono 16-bit tone that swings in loudness; Chromium loops the file without a gap. */
export async function writeTone(path: string, frequencyHz: number): Promise<void> {
  const samples = new Int16Array(SAMPLE_RATE * SECONDS);
  for (let index = 0; index < samples.length; index++) {
    const seconds = index / SAMPLE_RATE;
    const swing = 0.6 + 0.4 * Math.sin(2 * Math.PI * SYLLABLES_PER_SECOND * seconds);
    samples[index] = Math.round(0.5 * 32_767 * swing * Math.sin(2 * Math.PI * frequencyHz * seconds));
  }
  const data = Buffer.from(samples.buffer);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  await writeFile(path, Buffer.concat([header, data]));
}
