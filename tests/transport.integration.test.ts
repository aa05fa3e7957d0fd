import { weriftTransportFactory } from "@parley/media-node/rtc/werift-transport";
import { expect, it } from "vitest";
import { silentOffer } from "./support/offer.ts";

const factory = (connectMsMax: number) =>
  weriftTransportFactory({ publicAddress: "127.0.0.1", voices: 8, connectMsMax });

it("a client whose packets never come is let go", async () => {
  const lost = Promise.withResolvers<void>();
  await factory(50).accept(silentOffer(2), undefined, { onPacket: () => {}, onLost: lost.resolve });
  await lost.promise;
});

it("a transport offers as many voices as the client can receive, at most its own", async () => {
  const events = { onPacket: () => {}, onLost: () => {} };
  for (const [offered, used] of [
    [2, 2],
    [20, 8],
  ] as const) {
    const transport = await factory(60_000).accept(silentOffer(offered), undefined, events);
    expect(transport.voices).toBe(used);
    expect(transport.answer.match(/^a=sendonly/gm)).toHaveLength(used);
    transport.close();
  }
});
