/**
 * Media transport on werift's own RTCPeerConnection: a connection and a socket per client. It stands until
 * the single-port transport takes its place behind the same interface.
 */
import { AppError } from "@parley/contract/errors";
import {
  type MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RTCRtpTransceiver,
  RtpHeader,
  RtpPacket,
  useAudioLevelIndication,
  useSdesMid,
} from "werift";
import type { ForwardedPacket, MediaPacket } from "../core/media-packet.ts";
import { hostAddresses } from "./host-addresses.ts";
import type { MediaTransport, MediaTransportEvents, MediaTransportFactory } from "./media-transport.ts";
import { type Offer, parseOffer } from "./offer.ts";

const OPUS_FEEDBACK = [{ type: "transport-cc" }];

/** A connection costs up to four file descriptors, and werift can't survive running out of them. */
const CONNECTIONS_MAX = 2_000;

export interface WeriftTransportOptions {
  publicAddress: string | undefined;
  voices: number;
  connectMsMax: number;
}

export function weriftTransportFactory(options: WeriftTransportOptions): MediaTransportFactory {
  let connections = 0;
  return {
    async accept(sdp, host, events) {
      const offer = parseOffer(sdp);
      if (connections >= CONNECTIONS_MAX) throw new AppError("unavailable", { detail: "This node is full." });
      connections++;
      const released = () => connections--;
      try {
        const addresses = await hostAddresses(options.publicAddress, host);
        return await answerOffer(offer, addresses, options, events, released);
      } catch (error) {
        released();
        throw error;
      }
    },
  };
}

async function answerOffer(
  offer: Offer,
  addresses: string[],
  options: WeriftTransportOptions,
  events: MediaTransportEvents,
  released: () => void,
): Promise<MediaTransport> {
  const connection = new RTCPeerConnection(connectionConfig(addresses));
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const close = () => {
    closed = true;
    clearTimeout(timer);
    void connection.close();
  };
  const end = () => {
    if (!closed) released();
    close();
  };
  const lose = () => {
    end();
    events.onLost();
  };
  connection.connectionStateChange.subscribe((state) => {
    // Until the answer is out, a failure is the caller's to hear as an error.
    if (closed || timer === undefined) return;
    if (state === "connected") clearTimeout(timer);
    if (state === "failed" || state === "closed" || state === "disconnected") lose();
  });
  connection.onTrack.subscribe((track) => receive(track, offer.audioLevelId, events));
  try {
    await connection.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    const senders = sendingTransceivers(connection, options.voices);
    await connection.setLocalDescription(await connection.createAnswer());
    const answer = connection.localDescription?.sdp;
    if (!answer) throw new Error("werift made no answer");
    timer = setTimeout(lose, options.connectMsMax);
    return {
      answer,
      voices: senders.length,
      send: (voice, packet) => send(senders[voice], packet),
      close: end,
    };
  } catch (cause) {
    close();
    throw new AppError("sdp_invalid", { cause });
  }
}

function connectionConfig(addresses: string[]) {
  return {
    iceLite: true,
    iceServers: [],
    iceUseIpv6: addresses.some((address) => address.includes(":")),
    iceAdditionalHostAddresses: addresses,
    bundlePolicy: "max-bundle" as const,
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: "audio/opus",
          clockRate: 48_000,
          channels: 2,
          payloadType: 111,
          parameters: "minptime=10;useinbandfec=1;usedtx=1",
          rtcpFeedback: OPUS_FEEDBACK,
        }),
      ],
      video: [],
    },
    headerExtensions: { audio: [useSdesMid(), useAudioLevelIndication()], video: [] },
  };
}

/** The offer's receive m-lines, in order, turned into our send side. */
function sendingTransceivers(connection: RTCPeerConnection, voicesMax: number): RTCRtpTransceiver[] {
  const offered = connection.getTransceivers().filter((transceiver) => transceiver.kind === "audio");
  const senders = offered.filter((transceiver) => transceiver.offerDirection === "sendonly");
  for (const [index, transceiver] of senders.entries())
    transceiver.setDirection(index < voicesMax ? "sendonly" : "inactive");
  return senders.slice(0, voicesMax);
}

function receive(
  track: MediaStreamTrack,
  audioLevelId: number | undefined,
  events: MediaTransportEvents,
): void {
  if (track.kind !== "audio") return;
  track.onReceiveRtp.subscribe((rtp) => events.onPacket(toMediaPacket(rtp, audioLevelId)));
}

function toMediaPacket(rtp: RtpPacket, audioLevelId: number | undefined): MediaPacket {
  const level = rtp.header.extensions.find((extension) => extension.id === audioLevelId)?.payload[0];
  return {
    sequenceNumber: rtp.header.sequenceNumber,
    timestamp: rtp.header.timestamp,
    marker: rtp.header.marker,
    levelDbov: level === undefined ? undefined : -(level & 0x7f), // RFC 6464 §3: 7 bits of −dBov
    payload: rtp.payload,
  };
}

function send(transceiver: RTCRtpTransceiver | undefined, packet: ForwardedPacket): void {
  if (!transceiver) return;
  const header = new RtpHeader({
    sequenceNumber: packet.sequenceNumber,
    timestamp: packet.timestamp,
    marker: packet.marker,
    csrc: [packet.csrc],
    csrcLength: 1,
    extension: true,
  });
  // A view, not a copy: every listener's packet shares the bytes that came in.
  const payload = Buffer.from(packet.payload.buffer, packet.payload.byteOffset, packet.payload.byteLength);
  // A send that fails belongs to a connection that is closing; its state change tells the room.
  transceiver.sender.sendRtp(new RtpPacket(header, payload)).catch(ignore);
}

const ignore = () => {};
