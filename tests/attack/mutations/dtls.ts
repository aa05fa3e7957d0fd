import type { Mutations } from "../mutation.ts";
import { DTLS, SOURCE_KNOWN, without } from "./guards.ts";

const RECORD = "media-node/rtc/dtls/dtls-record.ts";
const INBOX = "media-node/rtc/dtls/handshake-inbox.ts";
const PROOF = "media-node/rtc/dtls/client-proof.ts";
const HELLO = "media-node/rtc/dtls/client-hello.ts";

const HANDSHAKE_ONLY_BEFORE = 'record.type !== contentType.handshake || state.phase === "connected")';
const hellosAfterConnect = without("no hello counts once connected", {
  file: DTLS,
  from: HANDSHAKE_ONLY_BEFORE,
  to: "record.type !== contentType.handshake)",
});
const verifyClient = without("CertificateVerify is verified", {
  file: PROOF,
  from: 'if (!verify("sha256", transcript, options, signature)) throw new DtlsFailure("certificate_verify_invalid");',
  to: "",
});

export const dtlsMutations: Mutations = {
  "DTLS record of type 24 (W2)": without("only the four types are records", {
    file: RECORD,
    from: "if (!isKnown || ",
    to: "if (",
  }),
  "Plaintext alerts, warning and fatal (W2)": without("alerts count under the session's keys only", {
    file: DTLS,
    from: "if (record.epoch === 1) return this.#protectedRecord(record, nowMs);",
    to: "if (record.epoch === 1) return this.#protectedRecord(record, nowMs);\nif (record.type === contentType.alert) return this.#alert(record.fragment);",
  }),
  "65-byte ClientHello after connect (W3)": hellosAfterConnect,
  "Well-formed ClientHello after connect, and from another tuple (W3)": hellosAfterConnect,
  "DTLS record longer than its datagram": without(
    "records end within their datagram",
    {
      file: RECORD,
      from: "if (offset + RECORD_HEADER_BYTES > datagram.length) return { records, malformed: true };",
      to: "",
    },
    { file: RECORD, from: " || length > FRAGMENT_BYTES_MAX || end > datagram.length", to: "" },
  ),
  "Records of epoch 1 with a wrong tag": without("the tag is looked at", {
    file: "media-node/rtc/dtls/record-cipher.ts",
    from: "} catch {\n      return undefined;\n    }",
    to: "} catch {\n      return plain;\n    }",
  }),
  "Replayed DTLS records": without("a sequence number counts once", {
    file: DTLS,
    from: 'if (!this.#replays.isFresh(record.sequenceNumber)) return this.#options.onDrop("dtls_replayed");',
    to: "",
  }),
  "Fragments that claim 16 MB": without("a message has at most 8 KiB", {
    file: INBOX,
    from: " || length > MESSAGE_BYTES_MAX",
    to: "",
  }),
  "Zero-length fragments": without("a fragment brings something", {
    file: INBOX,
    from: "if (fragmentLength === 0 && length > 0) return malformed;",
    to: "",
  }),
  "Endless fragments from another address": without(
    "handshakes come from the client's address",
    ...SOURCE_KNOWN,
  ),
  "Endless fragments from the client's own address": without("messages far ahead aren't kept", {
    file: INBOX,
    from: 'if (sequence >= this.#next + MESSAGES_AHEAD_MAX) return { outcome: "unexpected", bytesRead };',
    to: "",
  }),
  "Certificate that isn't the SDP's": without("the certificate has the SDP's fingerprint", {
    file: PROOF,
    from: "if (actual.length !== expected.length || !timingSafeEqual(actual, expected))",
    to: "if (false)",
  }),
  "No client certificate": without(
    "a client has a certificate, and proves it",
    {
      file: DTLS,
      from: "session.clientKey = certifiedKey(message.body, this.#options.fingerprint);",
      to: "",
    },
    {
      file: DTLS,
      from: "if (!session.clientKey || session.masterSecret) throw",
      to: "if (session.masterSecret) throw",
    },
    {
      file: DTLS,
      from: 'if (!session.clientKey || !session.masterSecret || session.proven)\n          throw new DtlsFailure("unexpected_message");\n        verifyCertificateVerify(message.body, Buffer.concat(this.#transcript), session.clientKey);',
      to: "",
    },
  ),
  "CertificateVerify of random bytes (W5)": verifyClient,
  "CertificateVerify by another key (W5)": verifyClient,
  "CertificateVerify left out (W5)": without("CertificateVerify must come", {
    file: DTLS,
    from: "if (!session.proven || !masterSecret",
    to: "if (!masterSecret",
  }),
  "Finished of random bytes (W5)": without("Finished is compared", {
    file: DTLS,
    from: "if (message.body.length !== expected.length || !timingSafeEqual(message.body, expected))",
    to: "if (false)",
  }),
  "Finished in epoch 0": without("Finished counts under the session's keys only", {
    file: DTLS,
    from: "if ((rest[0] === handshakeType.finished) !== (epoch === 1))",
    to: "if (false)",
  }),
  "NULL cipher suites": without("the client has our suite", {
    file: HELLO,
    from: "hello.cipherSuites.includes(ECDHE_ECDSA_AES_128_GCM_SHA256) &&",
    to: "",
  }),
  "No extended master secret": without("the client has extended master secrets", {
    file: HELLO,
    from: "if (!hello.extensions.has(extensionType.extendedMasterSecret))",
    to: "if (false)",
  }),
  "Somebody else with a good account takes over a client's address": without("an address has one client", {
    file: "media-node/rtc/gate.ts",
    from: 'if (path.peer && path.peer !== peer) return this.drops.count("tuple_taken");',
    to: "",
  }),
};
