import type { ReactNode } from "react";
import { VoiceIcon } from "./icons.tsx";

/** The frame of everything that a person sees before they are in. */
export function Card({ children }: { children: ReactNode }) {
  return (
    <main className="log-in">
      <div className="card">
        <h1 className="brand">
          <VoiceIcon /> Parley
        </h1>
        {children}
      </div>
    </main>
  );
}
