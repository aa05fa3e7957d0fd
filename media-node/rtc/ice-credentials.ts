import { randomBytes } from "node:crypto";

/** What a client must know for its checks to be heard (RFC 8445 §5.3: at least 24 and 128 random bits). */
export interface IceCredentials {
  ufrag: string;
  password: string;
}

/** 48 and 192 bits, in characters that SDP allows (base64 without padding). */
export const createIceCredentials = (): IceCredentials => ({
  ufrag: randomBytes(6).toString("base64"),
  password: randomBytes(24).toString("base64"),
});
