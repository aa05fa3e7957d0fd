import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";

export interface Tab {
  label: string;
  panel: ReactNode;
}

/** https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ with tabs that open as the arrow keys reach them. */
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
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const index = Math.max(
    0,
    tabs.findIndex((tab) => tab.label === chosen),
  );

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
            aria-controls={`${id}-panel`}
            tabIndex={place === index ? 0 : -1}
            onClick={() => setChosen(tab.label)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${index}`} className="tab-panel">
        {tabs[index]?.panel}
      </div>
    </div>
  );
}
