/** What machines ask: is it alive, is it ready, which keys sign, what is the API. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { AppError } from "@parley/contract/errors";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { JWKS_CACHE_SECONDS, publicJwks } from "../keys.ts";
import { openApiConfig } from "../openapi-config.ts";

export function addServiceRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  app.get("/healthz", (c) => c.json({ status: "ok" }));

  app.get("/readyz", async (c) => {
    await deps.database.ping().catch((cause) => {
      throw new AppError("unavailable", { detail: "The database doesn't answer.", cause });
    });
    const nodes = await deps.directory.listNodes();
    if (!nodes.some((node) => node.state === "ready")) {
      throw new AppError("unavailable", { detail: "No media node is ready." });
    }
    return c.json({ status: "ok" });
  });

  app.get("/.well-known/jwks.json", async (c) =>
    c.json(await publicJwks(deps.keys, deps.now()), 200, {
      "cache-control": `public, max-age=${JWKS_CACHE_SECONDS}`,
    }),
  );

  app.openAPIRegistry.registerComponent("securitySchemes", "accessToken", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  app.doc31("/openapi.json", openApiConfig);
}
