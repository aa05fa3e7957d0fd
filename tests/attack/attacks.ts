/** The list "Attacks that must fail" of the security design. */
import type { Attack } from "./attack.ts";
import { dtlsAttacks } from "./dtls.ts";
import { exhaustionAttacks } from "./exhaustion.ts";
import { floodAttacks } from "./flood.ts";
import { jumpAttacks } from "./jumps.ts";
import { reflectionAttacks } from "./reflection.ts";
import { rtpAttacks } from "./rtp.ts";
import { sdpAttacks } from "./sdp.ts";
import { stunAttacks } from "./stun.ts";
import { tokenAttacks } from "./token.ts";
import { webSocketAttacks } from "./web-socket.ts";

export const attacks: readonly Attack[] = [
  ...stunAttacks,
  ...dtlsAttacks,
  ...rtpAttacks,
  ...jumpAttacks,
  ...sdpAttacks,
  ...tokenAttacks,
  ...webSocketAttacks,
  ...floodAttacks,
  ...reflectionAttacks,
  ...exhaustionAttacks,
];
