/** Headers of every answer. The policies also suit the web client's page, which the same origin may serve. */
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";

export const securityHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    // Media nodes have names of their own: signalling may go to any of them.
    connectSrc: ["'self'", "ws:", "wss:"],
    mediaSrc: ["'self'", "blob:", "mediastream:"],
    imgSrc: ["'self'", "data:"],
    workerSrc: ["'self'", "blob:"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  permissionsPolicy: { microphone: ["self"], camera: [], geolocation: [] },
  // Only this host: its neighbours may be somebody else's.
  strictTransportSecurity: "max-age=15552000",
  xFrameOptions: "DENY",
  referrerPolicy: "no-referrer",
});

/** Answers of the API are somebody's own. */
export const noStore = createMiddleware(async (c, next) => {
  await next();
  c.header("cache-control", "no-store");
});
