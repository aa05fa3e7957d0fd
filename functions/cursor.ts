/**
 * Cursors of paged lists: opaque to clients and signed, so that nobody makes one up, with the organisation and
 * list that they were made for inside.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import type { OrganizationId } from "@parley/contract/ids";
import { deriveSecret, type SigningKeys } from "./keys.ts";

const SIGNATURE_BYTES = 16;

export interface Cursors {
  make(list: string, orgId: OrganizationId, position: string): string;
  /**
   * Undefined for no cursor. Throws `bad_request` for one that isn't ours or is of another list, `not_found` for
   * one of another organisation.
   */
  read(list: string, orgId: OrganizationId, cursor: string | undefined): string | undefined;
}

export function createCursors(keys: SigningKeys): Cursors {
  const key = deriveSecret(keys, "cursors");
  const sign = (payload: string) =>
    createHmac("sha256", key).update(payload).digest().subarray(0, SIGNATURE_BYTES);
  return {
    make(list, orgId, position) {
      const payload = Buffer.from(JSON.stringify([list, orgId, position])).toString("base64url");
      return `${payload}.${sign(payload).toString("base64url")}`;
    },
    read(list, orgId, cursor) {
      if (cursor === undefined) return undefined;
      const [payload = "", signature = ""] = cursor.split(".");
      const given = Buffer.from(signature, "base64url");
      const wanted = sign(payload);
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
