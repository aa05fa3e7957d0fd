import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { ShownContext } from "./shown.ts";

export interface Tab {
  label: string;
  panel: ReactNode;
}

/**
 * https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ with tabs that open as the arrow keys reach them. A panel that
 * was seen once stays, out of sight, with whatever was typed in it.
 */
export function Tabs({
  label,
  tabs,
  first,
}: {
  label: string;
  tabs: readonly Tab[];
  first?: string | undefined;
}) {
  const [chosen, setChosen] = useState(first ?? tabs[0]?.label);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const index = Math.max(
    0,
    tabs.findIndex((tab) => tab.label === chosen),
  );

  const shown = tabs[index]?.label;
  if (shown !== undefined && !seen.has(shown)) setSeen(new Set(seen).add(shown));

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (index + step + tabs.length) % tabs.length;
    setChosen(tabs[next]?.label);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  }

  return (
    <div className="tabbed">
      <div role="tablist" aria-label={label} className="tab-list" ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab, place) => (
          <button
            key={tab.label}
            type="button"
            role="tab"
            id={`${id}-tab-${place}`}
            aria-selected={place === index}
            aria-controls={`${id}-panel-${place}`}
            tabIndex={place === index ? 0 : -1}
            onClick={() => setChosen(tab.label)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {tabs.map((tab, place) => (
        <div
          key={tab.label}
          role="tabpanel"
          id={`${id}-panel-${place}`}
          aria-labelledby={`${id}-tab-${place}`}
          className="tab-panel"
          hidden={place !== index}
        >
          {(place === index || seen.has(tab.label)) && (
            <ShownContext value={place === index}>{tab.panel}</ShownContext>
          )}
        </div>
      ))}
    </div>
  );
}
