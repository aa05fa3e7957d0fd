import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { settingsSchema } from "@parley/contract/settings";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { jsonContent } from "./json-content.ts";

const settings = createRoute({
  method: "get",
  path: "/v1/settings",
  tags: ["service"],
  summary: "What a client should know of this installation",
  responses: {
    200: { description: "The same for everybody.", content: jsonContent(settingsSchema) },
  },
});

export function addSettingsRoutes(app: OpenAPIHono<AppEnv>, { accounts }: RouteDeps): void {
  const { passwordCodePointsMin } = accounts;
  app.openapi(settings, (c) => c.json({ passwordCodePointsMin }, 200));
}
