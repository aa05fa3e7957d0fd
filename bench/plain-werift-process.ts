/** The naive way, for comparison: werift's own RTCPeerConnection for each client, one m-line for each voice. */
import assert from "node:assert/strict";
import { RTCPeerConnection, RTCRtpCodecParameters, useAudioLevelIndication, useSdesMid } from "werift";
import { serveParent } from "./child-process.ts";
import { collectGarbage, usageNow } from "./media/process-usage.ts";

const HOST = "127.0.0.1";
const VOICES = 8;
const connections = new Map<number, RTCPeerConnection>();
let offers = 0;

serveParent({
  offer,
  accept: ({ id, sdp }: { id: number; sdp: string }) =>
    connectionOf(id).setRemoteDescription({ type: "answer", sdp }),
  async close(id: number) {
    await connectionOf(id).close();
    connections.delete(id);
  },
  usage: () => usageNow(0),
  collectGarbage,
});

/** It offers, so that the client is the one who begins DTLS: answering, werift would pause for 100 ms first. */
async function offer(): Promise<{ id: number; offer: string }> {
  const connection = new RTCPeerConnection({
    iceLite: true,
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: [HOST],
    iceInterfaceAddresses: { udp4: HOST },
    bundlePolicy: "max-bundle",
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: "audio/opus",
          clockRate: 48_000,
          channels: 2,
          payloadType: 111,
        }),
      ],
      video: [],
    },
    headerExtensions: { audio: [useSdesMid(), useAudioLevelIndication()], video: [] },
  });
  const id = ++offers;
  connections.set(id, connection);
  connection.addTransceiver("audio", { direction: "recvonly" });
  for (let voice = 0; voice < VOICES; voice++) connection.addTransceiver("audio", { direction: "sendonly" });
  await connection.setLocalDescription(await connection.createOffer());
  return { id, offer: connection.localDescription?.sdp ?? "" };
}

function connectionOf(id: number): RTCPeerConnection {
  const connection = connections.get(id);
  assert(connection, `offer ${id} was made`);
  return connection;
}
