/** People to choose from: all of a small organisation, or those whose names begin as was typed. */
import type { Member } from "@parley/contract/members";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type ReactNode, useRef, useState } from "react";
import { useLoad } from "./use-load.ts";

export interface Members {
  people: readonly Member[];
  /** True once the first answer is there. */
  loaded: boolean;
  nameOf(id: string): string | undefined;
  /** A field to search with, where there are more than can be listed. */
  search: ReactNode;
}

const LISTED_MAX = 100;

/** As people are known here, and by the name that is theirs alone. */
export const labelOf = ({ username, nickname }: Pick<Member, "username" | "nickname">): string =>
  nickname === null ? username : `${nickname} (${username})`;

export function useMembers(organization: OrganizationClient): Members {
  const [name, setName] = useState("");
  const { value } = useLoad(() => organization.members({ name, limit: String(LISTED_MAX) }), name);
  const known = useRef(new Map<string, string>());
  const people = value?.items ?? [];
  for (const { userId, username } of people) known.current.set(userId, username);
  const isNeeded = name !== "" || value?.nextCursor != null;
  return {
    people,
    loaded: value !== undefined,
    nameOf: (id) => known.current.get(id),
    search: isNeeded && (
      <label>
        Find somebody
        <input
          type="search"
          placeholder="How their name begins"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
    ),
  };
}
