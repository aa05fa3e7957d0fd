import type { Pages } from "./use-pages.ts";

export function MoreButton({ of }: { of: Pages<unknown> }) {
  if (!of.hasMore) return null;
  return (
    <button type="button" onClick={() => void of.showMore()}>
      Show more
    </button>
  );
}
