import type { Action } from "./use-action.ts";

/** Somebody was faster: what is typed here stays until the person wants to see what is there now. */
export function StaleNotice({ action, onShow }: { action: Action; onShow(): void }) {
  if (action.code !== "changed_meanwhile") return null;
  return (
    <div className="dialog-buttons">
      <button type="button" onClick={onShow}>
        Drop my changes and show it as it is now
      </button>
    </div>
  );
}
