/**
 * Cursors of paged lists: opaque to clients and signed, so that nobody makes one up, with the organisation and
 * list that they were made for inside.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import type { OrganizationId } from "@parley/contract/ids";
import { exportJWK } from "jose";
import type { SigningKeys } from "./keys.ts";

const SIGNATURE_BYTES = 16;

export interface Cursors {
  make(list: string, orgId: OrganizationId, position: string): Promise<string>;
  /**
   * Undefined for no cursor. Throws `bad_request` for one that isn't ours or is of another list, `not_found` for
   * one of another organisation.
   */
  read(list: string, orgId: OrganizationId, cursor: string | undefined): Promise<string | undefined>;
}

/** Their key is derived from the access tokens' own, so a new one of these makes open lists start again. */
export function createCursors(keys: SigningKeys): Cursors {
  let derived: Promise<Buffer> | undefined;
  const sign = async (payload: string) => {
    derived ??= deriveKey(keys);
    return createHmac("sha256", await derived)
      .update(payload)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  };
  return {
    async make(list, orgId, position) {
      const payload = Buffer.from(JSON.stringify([list, orgId, position])).toString("base64url");
      return `${payload}.${(await sign(payload)).toString("base64url")}`;
    },
    async read(list, orgId, cursor) {
      if (cursor === undefined) return undefined;
      const [payload = "", signature = ""] = cursor.split(".");
      const given = Buffer.from(signature, "base64url");
      const wanted = await sign(payload);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw forged();
      const [ofList, ofOrg, position] = JSON.parse(Buffer.from(payload, "base64url").toString()) as string[];
      if (ofOrg !== orgId) throw new AppError("not_found");
      if (ofList !== list) throw forged();
      return position;
    },
  };
}

const forged = () =>
  new AppError("bad_request", { detail: "This cursor belongs to no list here. Start from the first page." });

async function deriveKey({ access }: SigningKeys): Promise<Buffer> {
  const { d = "" } = await exportJWK(access.privateKey);
  return createHmac("sha256", d).update("parley cursors").digest();
}
