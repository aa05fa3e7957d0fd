import { describe, expect, test } from "vitest";
import { clientIpOf } from "./client-ip.ts";
import { lambdaCaller } from "./lambda-caller.ts";

const EDGE = "130.176.100.154";
const VIEWER = "137.229.86.134";
const FORGED = "203.0.113.66";
const SECRET = "a secret of the origin";

const callerAt = (
  requestContext: object,
  headers: Record<string, string>,
  trustedHops: number,
  originSecret?: string,
) => {
  const { peer, forwardedFor } = lambdaCaller(
    { requestContext, header: (name) => headers[name] },
    originSecret,
  );
  return clientIpOf(peer, forwardedFor, trustedHops);
};

/** Contexts as each service sends them, cut to what says where a request comes from. */
const httpApi = (sourceIp: string) => ({
  domainName: "a1b2c3.execute-api.eu-central-1.amazonaws.com",
  http: { method: "POST", path: "/", protocol: "HTTP/1.1", sourceIp, userAgent: "x" },
});
const restApi = (sourceIp: string) => ({
  domainName: "a1b2c3.execute-api.us-west-2.amazonaws.com",
  identity: { sourceIp, userAgent: "x" },
});
const functionUrl = (sourceIp: string) => ({
  domainName: "abcdef.lambda-url.eu-central-1.on.aws",
  http: { method: "POST", path: "/", protocol: "HTTP/1.1", sourceIp, userAgent: "x" },
});
const loadBalancer = {
  elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/x/y" },
};

describe("on Lambda the caller is", () => {
  test.each<[string, object, Record<string, string>, number, string | undefined]>([
    ["who called the HTTP API", httpApi(VIEWER), { "x-forwarded-for": `${FORGED}, ${VIEWER}` }, 0, VIEWER],
    [
      "who called CloudFront in front of an HTTP API",
      httpApi(EDGE),
      { "x-forwarded-for": `${FORGED}, ${VIEWER}, ${EDGE}` },
      1,
      VIEWER,
    ],
    ["who called the REST API's edge", restApi(EDGE), { "x-forwarded-for": `${VIEWER}, ${EDGE}` }, 1, VIEWER],
    ["who called a REST API", restApi(VIEWER), { "x-forwarded-for": `${FORGED}, ${VIEWER}` }, 0, VIEWER],
    ["who called the load balancer", loadBalancer, { "x-forwarded-for": `${FORGED}, ${VIEWER}` }, 0, VIEWER],
    [
      "who called the proxy in front of a load balancer",
      loadBalancer,
      { "x-forwarded-for": `${FORGED}, ${VIEWER}, ${EDGE}` },
      1,
      VIEWER,
    ],
    ["who called a function URL", functionUrl(VIEWER), {}, 0, VIEWER],
    [
      "never what the caller of a function URL wrote, however many proxies are trusted",
      functionUrl(EDGE),
      { "x-forwarded-for": FORGED, "cloudfront-viewer-address": `${FORGED}:5511` },
      2,
      EDGE,
    ],
  ])("%s", (_what, context, headers, hops, expected) => {
    expect(callerAt(context, headers, hops)).toBe(expected);
  });

  test.each([
    ["198.51.100.10:46532", "198.51.100.10"],
    ["2001:db8::10:46532", "2001:db8::10"],
    ["[2001:db8::10]:46532", "2001:db8::10"],
  ])("whom CloudFront names as its viewer (%s), by the secret that it shares with the function", (address, ip) => {
    const headers = { "cloudfront-viewer-address": address, "x-origin-secret": SECRET };
    expect(callerAt(functionUrl(EDGE), headers, 1, SECRET)).toBe(ip);
    expect(callerAt(functionUrl(EDGE), { ...headers, "x-origin-secret": "a guess" }, 1, SECRET)).toBe(EDGE);
    expect(callerAt(functionUrl(EDGE), headers, 1)).toBe(EDGE);
  });
});
