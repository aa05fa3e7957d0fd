/** Resolves a node's address: absolute ws(s), absolute http(s), or a path on the origin that was asked. */
export function signalUrl(nodeUrl: string, baseUrl: string): string {
  const url = new URL(nodeUrl, baseUrl);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  return url.href;
}
