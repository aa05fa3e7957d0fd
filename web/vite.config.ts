import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = "http://localhost:3000";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "dist", emptyOutDir: true, target: "es2024" },
  server: { proxy: { "/v1": SERVER, "/signal": { target: SERVER, ws: true } } },
});
