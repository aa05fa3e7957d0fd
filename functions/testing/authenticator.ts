/** A passkey without a browser: answers challenges as an authenticator does whose person was verified (WebAuthn §6.1). */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;
/** Attestation "none": nothing is said about who built it. */
const NO_AAGUID = Buffer.alloc(16);

export function createAuthenticator(origin = "http://localhost:3000") {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(16);
  const credential = { id: text(id), rawId: text(id), type: "public-key" };
  let counter = 0;

  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

  function authenticatorData(flags: number, rest = Buffer.alloc(0)) {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags | USER_PRESENT | USER_VERIFIED);
    head.writeUInt32BE(++counter, 1);
    return Buffer.concat([sha256(new URL(origin).hostname), head, rest]);
  }

  /** RFC 9053 §7.1.1: a point on P-256, for ES256. */
  function coseKey() {
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    const fields: [number, number | Uint8Array][] = [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ];
    return isoCBOR.encode(new Map(fields));
  }

  return {
    id: credential.id,
    /** What `navigator.credentials.create` gives, as JSON. */
    register(challenge: string) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([NO_AAGUID, length, id, coseKey()]);
      const fields: [string, string | Uint8Array | Map<string, string>][] = [
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", new Uint8Array(authenticatorData(HAS_CREDENTIAL, attested))],
      ];
      const response = {
        clientDataJSON: text(clientData("webauthn.create", challenge)),
        attestationObject: text(isoCBOR.encode(new Map(fields))),
      };
      return { ...credential, response };
    },
    /** What `navigator.credentials.get` gives, as JSON. */
    assert(challenge: string) {
      const client = clientData("webauthn.get", challenge);
      const data = authenticatorData(0);
      const response = {
        clientDataJSON: text(client),
        authenticatorData: text(data),
        signature: text(sign("sha256", Buffer.concat([data, sha256(client)]), privateKey)),
      };
      return { ...credential, response };
    },
  };
}

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();
const text = (data: Uint8Array) => Buffer.from(data).toString("base64url");
const bytes = (base64url: string) => new Uint8Array(Buffer.from(base64url, "base64url"));
