/**
 * What a room costs the plain way: a werift RTCPeerConnection per client and `sendRtp` per listener, as its
 * examples do it. Its signalling knows rooms by number and nothing else.
 */
import { once } from "node:events";
import {
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RTCRtpTransceiver,
  RtpHeader,
  RtpPacket,
  useAudioLevelIndication,
  useSdesMid,
} from "werift";
import { WebSocketServer } from "ws";
import { serveParent } from "../child-process.ts";
import { collectGarbage, usageNow } from "./process-usage.ts";

interface Member {
  senders: RTCRtpTransceiver[];
}

const rooms = new Map<number, Member[]>();
let packetsOut = 0;

serveParent({
  async start() {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    server.on("connection", (socket) =>
      socket.once("message", async (data) => {
        const { offer, room } = JSON.parse(String(data));
        socket.send(JSON.stringify({ type: "welcome", answer: await accept(offer, room) }));
      }),
    );
    const address = server.address();
    return { port: typeof address === "object" ? address?.port : 0 };
  },
  usage: () => usageNow(packetsOut),
  collectGarbage,
});

async function accept(offer: string, room: number): Promise<string> {
  const connection = new RTCPeerConnection({
    iceLite: true,
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ["127.0.0.1"],
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
  const members = rooms.get(room) ?? [];
  rooms.set(room, members);
  const self: Member = { senders: [] };
  const place = members.push(self) - 1;
  connection.onTrack.subscribe((track) =>
    track.onReceiveRtp.subscribe((rtp) => {
      for (const member of members) if (member !== self) forward(member.senders[place % 8], rtp);
    }),
  );
  await connection.setRemoteDescription({ type: "offer", sdp: offer });
  // werift would rather be the DTLS client, and the load's clients can't be servers.
  for (const transport of connection.dtlsTransports) transport.role = "server";
  const offered = connection.getTransceivers().filter((each) => each.offerDirection === "sendonly");
  for (const transceiver of offered) transceiver.setDirection("sendonly");
  await connection.setLocalDescription(await connection.createAnswer());
  self.senders = offered;
  return connection.localDescription?.sdp ?? "";
}

function forward(transceiver: RTCRtpTransceiver | undefined, { header, payload }: RtpPacket): void {
  if (!transceiver) return;
  const { sequenceNumber, timestamp, marker } = header;
  transceiver.sender
    .sendRtp(new RtpPacket(new RtpHeader({ sequenceNumber, timestamp, marker }), payload))
    .catch(() => {});
  packetsOut++;
}
