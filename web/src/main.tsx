import "./no-eval.ts";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { createClient } from "./client.ts";
import "./styles.css";
import "./manage/manage.css";

declare global {
  interface Window {
    /** For tests and curious developers. */
    parley: VoiceClient;
  }
}

const client = createClient();
window.parley = client;

const root = document.getElementById("root");
if (!root) throw new Error("index.html lacks #root");
createRoot(root).render(
  <StrictMode>
    <App client={client} />
  </StrictMode>,
);
