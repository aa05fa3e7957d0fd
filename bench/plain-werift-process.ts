/** The naive way, for comparison: werift's own RTCPeerConnection for each client, one m-line for each voice. */
import { RTCPeerConnection, RTCRtpCodecParameters, useAudioLevelIndication, useSdesMid } from "werift";
import { serveMeasured } from "./measured-process.ts";

const HOST = "127.0.0.1";
const connections: RTCPeerConnection[] = [];

serveMeasured({}, { answer: (sdp) => answer(String(sdp)) });

async function answer(sdp: string): Promise<string> {
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
  connections.push(connection);
  await connection.setRemoteDescription({ type: "offer", sdp });
  for (const transceiver of connection.getTransceivers())
    if (transceiver.offerDirection === "sendonly") transceiver.setDirection("sendonly");
  await connection.setLocalDescription(await connection.createAnswer());
  return connection.localDescription?.sdp ?? "";
}
