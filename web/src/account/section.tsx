import type { ReactNode } from "react";

/** One part of the account, under its own heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="account-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
