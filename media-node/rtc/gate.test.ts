import { expect, it } from "vitest";
import { createDtlsIdentity } from "./dtls/dtls-identity.ts";
import { Gate } from "./gate.ts";
import { parseOffer } from "./offer.ts";
import { Path } from "./path.ts";
import { Peer } from "./peer.ts";
import { writeTestOffer } from "./testing/test-offer.ts";

class TestPath extends Path {
  send() {}
  placeToSeal() {
    return -1;
  }
  sendSealed() {}
  attach(peer: Peer) {
    this.peer = peer;
  }
  close() {}
}

it("one client's packets are bounded on all of its paths together, and refill with time", async () => {
  const gate = new Gate((error) => expect.fail(`${error}`));
  const identity = await createDtlsIdentity();
  const { fingerprint } = identity;
  const peer = new Peer({
    offer: parseOffer(writeTestOffer({ ufrag: "abcd", password: "p".repeat(22), fingerprint, voices: 1 })),
    identity,
    drops: gate.drops,
    sent: { packets: 0 },
    events: { onPacket: () => {}, onLost: () => {} },
    voices: [],
    nowMs: 0,
    onConnected: () => {},
    onEnded: () => {},
  });
  const paths = Array.from({ length: 8 }, (_, n) => new TestPath("192.0.2.1", n, 0));
  for (const path of paths) path.attach(peer);
  const flood = (nowMs: number) => {
    for (const path of paths)
      for (let n = 0; n < 1_000; n++) gate.receive(Buffer.from([0x80, 111]), path, nowMs);
  };
  flood(0);
  expect(gate.drops.snapshot()).toMatchObject({ rate_limited: 3_000, rtp_before_keys: 5_000 });
  flood(100);
  expect(gate.drops.snapshot()).toMatchObject({ rate_limited: 10_500, rtp_before_keys: 5_500 });
});
