import { expect, it } from "vitest";
import { RtcpPacketConverter, RtcpSourceDescriptionPacket, RtcpSrPacket } from "werift";
import { ticksAt } from "../../core/media-clock.ts";
import { writeSenderReports } from "../../core/sender-report.ts";

it("sender reports tie each stream's clock to wall time, as another implementation reads them", () => {
  const bytes = Buffer.alloc(1_000);
  const streams = [1, 2].map((ssrc) => ({
    ssrc,
    packets: 10 * ssrc,
    octets: 800 * ssrc,
    lastTimestamp: 0xffffff00,
    lastAtTicks: ticksAt(5_000),
  }));
  const wallClockMs = Date.UTC(2026, 0, 1) + 250;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = writeSenderReports(view, streams, Buffer.from("parley"), 5_020, wallClockMs);
  const [first, second, names] = RtcpPacketConverter.deSerialize(bytes.subarray(0, length));
  for (const [index, report] of [first, second].entries()) {
    if (!(report instanceof RtcpSrPacket)) throw new Error("no sender report");
    const { senderInfo } = report;
    expect(report.ssrc).toBe(index + 1);
    expect(senderInfo.packetCount).toBe(10 * (index + 1));
    expect(senderInfo.octetCount).toBe(800 * (index + 1));
    expect(senderInfo.rtpTimestamp).toBe((0xffffff00 + 20 * 48) % 2 ** 32);
    const ntpMs = (Number(senderInfo.ntpTimestamp) / 2 ** 32 - 2_208_988_800) * 1_000;
    expect(Math.abs(ntpMs - wallClockMs)).toBeLessThan(0.01);
  }
  if (!(names instanceof RtcpSourceDescriptionPacket)) throw new Error("no names");
  expect(names.chunks.map(({ source, items }) => [source, items[0]?.text])).toEqual([
    [1, "parley"],
    [2, "parley"],
  ]);
});
