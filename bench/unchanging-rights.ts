/** For nodes that are measured without a control plane: nobody's rights ever change. */
import type { AuthorizationFeed } from "@parley/contract/authorization-feed";

export const UNCHANGING_RIGHTS: AuthorizationFeed = {
  lastSeq: async () => 0,
  listAfter: async () => [],
  readPermissions: async (_orgId, stays) => stays.map(() => 0n),
  onChange: () => () => {},
};
