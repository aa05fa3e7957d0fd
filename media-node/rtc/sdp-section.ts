/** SDP split into its session part and its m-lines' (RFC 8866 §5), with bounds on both. */
import { AppError } from "@parley/contract/errors";
import { SDP_BYTES_MAX } from "@parley/contract/limits";

const MEDIA_SECTIONS_MAX = 64;
const LINES_MAX = 4_000;

export interface SdpSections {
  session: readonly string[];
  media: readonly (readonly string[])[];
}

export const invalidSdp = (detail: string) => new AppError("sdp_invalid", { detail });

export function splitSdp(sdp: string): SdpSections {
  if (Buffer.byteLength(sdp) > SDP_BYTES_MAX) throw invalidSdp("The SDP is larger than 32 KiB.");
  const lines = sdp.split(/\r?\n/, LINES_MAX + 1);
  if (lines.length > LINES_MAX || lines[0] !== "v=0")
    throw invalidSdp("An SDP starts with v=0 and has at most 4,000 lines.");
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith("m=")) sections.push([]);
    sections.at(-1)?.push(line);
  }
  const [session = [], ...media] = sections;
  if (media.length > MEDIA_SECTIONS_MAX)
    throw invalidSdp(`The offer has more than ${MEDIA_SECTIONS_MAX} m-lines.`);
  return { session, media };
}

/** Values of an attribute, `a=name:value`, in order. */
export function attributesOf(lines: readonly string[], name: string): string[] {
  // Made once: an offer is asked for some hundred attributes, line by line.
  const prefix = `a=${name}:`;
  const values: string[] = [];
  for (const line of lines) if (line.startsWith(prefix)) values.push(line.slice(prefix.length).trim());
  return values;
}
