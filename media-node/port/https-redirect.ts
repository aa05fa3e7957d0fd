import type { IncomingMessage, ServerResponse } from "node:http";

/** Sends who spoke plain HTTP to the TLS port to the same place by HTTPS. The port is the same, so Host stays. */
export function redirectToHttps(request: IncomingMessage, response: ServerResponse): void {
  const { host } = request.headers;
  // A Host that isn't one would send people elsewhere.
  if (host === undefined || !/^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i.test(host)) {
    response.writeHead(400, { "content-type": "text/plain" }).end("Use https.\n");
    return;
  }
  response.writeHead(308, { location: `https://${host}${request.url}`, connection: "close" }).end();
}
