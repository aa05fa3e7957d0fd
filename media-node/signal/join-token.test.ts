import { randomUUID } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import { ACCESS_TOKEN_TYPE, JOIN_TOKEN_TYPE, TOKEN_ISSUER } from "@parley/contract/join";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { JoinTokenVerifier } from "./join-token.ts";

const AUDIENCE = "node:a:1";
const NOW_MS = Date.UTC(2026, 0, 1);
let keys: CryptoKeyPair;
let foreign: CryptoKeyPair;
let fetches = 0;

beforeAll(async () => {
  keys = await generateKeyPair("ES256", { extractable: true });
  foreign = await generateKeyPair("ES256", { extractable: true });
});

function verifier(now = () => new Date(NOW_MS), pair = () => keys, signs?: string) {
  return new JoinTokenVerifier({
    audience: AUDIENCE,
    now,
    fetchKeys: async () => {
      fetches++;
      return { keys: [{ ...(await exportJWK(pair().publicKey)), kid: "k1", alg: "ES256", signs }] };
    },
  });
}

interface Token {
  key?: CryptoKey | Uint8Array;
  alg?: string;
  typ?: string;
  kid?: string;
  issuer?: string;
  audience?: string;
  expiresInSeconds?: number;
  claims?: object;
  header?: object;
}

function sign(token: Token = {}): Promise<string> {
  const uuid = randomUUID();
  const claims = {
    sub: uuid,
    sid: uuid,
    org: uuid,
    ch: uuid,
    name: "bob",
    fence: 1,
    perm: "7",
    pv: 1,
    limit: 0,
    jti: randomUUID(),
    iss: token.issuer ?? TOKEN_ISSUER,
    aud: token.audience ?? AUDIENCE,
    exp: NOW_MS / 1000 + (token.expiresInSeconds ?? 30),
  };
  return new SignJWT({ ...claims, ...token.claims })
    .setProtectedHeader({
      alg: token.alg ?? "ES256",
      typ: token.typ ?? JOIN_TOKEN_TYPE,
      kid: token.kid ?? "k1",
      ...token.header,
    })
    .sign(token.key ?? keys.privateKey, { crit: { later: true } });
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "accepted",
    (error) => (error instanceof AppError ? error.code : error),
  );

describe("a node verifies join tokens offline", () => {
  it("accepts a good one once, and never again", async () => {
    const tokens = verifier();
    const token = await sign();
    expect(await codeOf(tokens.verify(token))).toBe("accepted");
    expect(await codeOf(tokens.verify(token))).toBe("token_used");
  });

  it.each<[string, Token, string]>([
    ["expired beyond the clock tolerance", { expiresInSeconds: -6 }, "token_expired"],
    ["for another node", { audience: "node:b:1" }, "token_invalid"],
    ["for an earlier start of this node", { audience: "node:a:0" }, "token_invalid"],
    ["an access token", { typ: "at+jwt" }, "token_invalid"],
    ["from another issuer", { issuer: "somebody" }, "token_invalid"],
    ["that isn't good yet", { claims: { nbf: NOW_MS / 1000 + 6 } }, "token_invalid"],
    ["without a jti", { claims: { jti: undefined } }, "token_invalid"],
    ["without an end", { claims: { exp: undefined } }, "token_invalid"],
    ["for several nodes", { claims: { aud: [AUDIENCE, "node:b:1"] } }, "token_invalid"],
    ["with an extension to be understood", { header: { crit: ["later"], later: 1 } }, "token_invalid"],
    ["without a claim", { claims: { perm: undefined } }, "token_invalid"],
    ["with a fence of the wrong type", { claims: { fence: "1" } }, "token_invalid"],
  ])("refuses one %s", async (_name, token, code) => {
    expect(await codeOf(verifier().verify(await sign(token)))).toBe(code);
  });

  it("refuses a foreign key, HS256 by the public key, alg none and garbage", async () => {
    const hmacKey = new TextEncoder().encode(await exportSPKI(keys.publicKey));
    const none = `${btoa('{"alg":"none","typ":"join+jwt","kid":"k1"}')}.e30.`.replaceAll("=", "");
    const tokens = [
      await sign({ key: foreign.privateKey }),
      await sign({ alg: "HS256", key: hmacKey }),
      none,
      "garbage",
      "x".repeat(5_000),
    ];
    for (const token of tokens) expect(await codeOf(verifier().verify(token))).toBe("token_invalid");
  });

  it("refuses one that an access tokens' key signed; a key that isn't marked is of before there were marks", async () => {
    const codeOfKeyFor = async (signs: string | undefined) =>
      codeOf(verifier(undefined, undefined, signs).verify(await sign()));
    expect(await codeOfKeyFor(ACCESS_TOKEN_TYPE)).toBe("token_invalid");
    expect(await codeOfKeyFor(JOIN_TOKEN_TYPE)).toBe("accepted");
    expect(await codeOfKeyFor(undefined)).toBe("accepted");
  });

  it("asks for keys at most once in 30 s, however many unknown kids arrive", async () => {
    let nowMs = NOW_MS;
    const tokens = verifier(() => new Date(nowMs));
    await tokens.verify(await sign());
    fetches = 0;
    for (let n = 0; n < 1_000; n++) await codeOf(tokens.verify(await sign({ kid: `unknown-${n}` })));
    expect(fetches).toBe(0);
    nowMs += 30_000;
    for (let n = 0; n < 1_000; n++) await codeOf(tokens.verify(await sign({ kid: `later-${n}` })));
    expect(fetches).toBe(1);
  });

  it("takes a key that was taken back for five minutes more and no longer, unless nobody can be asked", async () => {
    let nowMs = NOW_MS;
    let published: CryptoKeyPair | undefined = keys;
    const tokens = verifier(
      () => new Date(nowMs),
      () => {
        if (!published) throw new Error("the control plane is away");
        return published;
      },
    );
    const later = () => sign({ expiresInSeconds: 3_600 });
    await tokens.verify(await later());
    published = undefined;
    nowMs += 301_000;
    expect(await codeOf(tokens.verify(await later()))).toBe("accepted");
    published = foreign;
    nowMs += 299_000;
    expect(await codeOf(tokens.verify(await later()))).toBe("accepted");
    nowMs += 2_000;
    expect(await codeOf(tokens.verify(await later()))).toBe("token_invalid");
  });
});
