import { expect, test } from "vitest";
import { answerScram } from "./scram.ts";

/** RFC 7677 §3. */
const CLIENT_FIRST = "n=user,r=rOprNGfwEbeRWgbNEkqO";
const NONCE = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SERVER_FIRST = `${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;

test("the example of RFC 7677 comes out as it stands there", async () => {
  expect(await answerScram(CLIENT_FIRST, SERVER_FIRST, "pencil")).toEqual({
    response: `c=biws,${NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    serverSignature: "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  });
});

test.each([
  ["another nonce", "r=somebodyElses%hv,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"],
  ["our own nonce alone", "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"],
  ["no nonce", "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"],
  ["no salt", `${NONCE},i=4096`],
  ["a salt that isn't base64", `${NONCE},s=W22Z*,i=4096`],
  ["no rounds", `${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0`],
  ["rounds without end", `${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999`],
  ["more rounds than a server asks for", `${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001`],
  ["nothing", ""],
])("an answer with %s gets none", async (_what, serverFirst) => {
  await expect(answerScram(CLIENT_FIRST, serverFirst, "pencil")).rejects.toThrow("SCRAM");
});
