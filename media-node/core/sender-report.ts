/**
 * RTCP sender reports (RFC 3550 §6.4.1) of the streams that a node makes itself: they tie each stream's clock to
 * wall time, and tell the listener how much was sent. One packet reports several streams, each part with its own
 * sender, and names them (§6.5).
 */
import { ticksAt, ticksBetween } from "./media-clock.ts";

const SENDER_REPORT = 200;
const SOURCE_DESCRIPTION = 202;
const REPORT_BYTES = 28;
/** Seconds from 1900, NTP's epoch, to 1970. */
const NTP_OFFSET_SECONDS = 2_208_988_800;
const CNAME = 1;

/** What a stream has sent so far. */
export interface SentStream {
  ssrc: number;
  packets: number;
  octets: number;
  /** RTP timestamp of the last packet, and when it was forwarded, in ticks of the media clock. */
  lastTimestamp: number;
  lastAtTicks: number;
}

/** `wallClockMs` is now, since 1970; `nowMs` the same moment in the node's own time. Answers the bytes written. */
export function writeSenderReports(
  out: DataView,
  streams: readonly SentStream[],
  cname: Uint8Array,
  nowMs: number,
  wallClockMs: number,
): number {
  let at = 0;
  for (const stream of streams) at = writeReport(out, at, stream, nowMs, wallClockMs);
  return streams.length === 0 ? 0 : writeNames(out, at, streams, cname);
}

function writeReport(
  out: DataView,
  at: number,
  stream: SentStream,
  nowMs: number,
  wallClockMs: number,
): number {
  const seconds = Math.floor(wallClockMs / 1_000);
  const fraction = ((wallClockMs - seconds * 1_000) / 1_000) * 2 ** 32;
  const ticks = ticksBetween(stream.lastAtTicks, ticksAt(nowMs));
  writeHeader(out, at, 0, SENDER_REPORT, REPORT_BYTES);
  out.setUint32(at + 4, stream.ssrc);
  out.setUint32(at + 8, (seconds + NTP_OFFSET_SECONDS) >>> 0);
  out.setUint32(at + 12, fraction >>> 0);
  out.setUint32(at + 16, (stream.lastTimestamp + ticks) >>> 0);
  out.setUint32(at + 20, stream.packets >>> 0);
  out.setUint32(at + 24, stream.octets >>> 0);
  return at + REPORT_BYTES;
}

/** One chunk for each SSRC, ended by at least one zero and padded to a word. */
function writeNames(out: DataView, at: number, streams: readonly SentStream[], cname: Uint8Array): number {
  const chunkBytes = (4 + 2 + cname.length + 1 + 3) & ~3;
  const bytes = 4 + streams.length * chunkBytes;
  writeHeader(out, at, streams.length, SOURCE_DESCRIPTION, bytes);
  let chunk = at + 4;
  for (const { ssrc } of streams) {
    for (let byte = 0; byte < chunkBytes; byte++) out.setUint8(chunk + byte, 0);
    out.setUint32(chunk, ssrc);
    out.setUint8(chunk + 4, CNAME);
    out.setUint8(chunk + 5, cname.length);
    for (let byte = 0; byte < cname.length; byte++) out.setUint8(chunk + 6 + byte, cname[byte] ?? 0);
    chunk += chunkBytes;
  }
  return at + bytes;
}

function writeHeader(out: DataView, at: number, count: number, type: number, bytes: number): void {
  out.setUint8(at, 0x80 | count);
  out.setUint8(at + 1, type);
  out.setUint16(at + 2, bytes / 4 - 1);
}
