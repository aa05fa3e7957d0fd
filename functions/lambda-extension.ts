/**
 * Time after the answer on AWS Lambda. A function is frozen once it has answered, unless an extension of it is still
 * at work: this one, inside of the function's own process, is done when the invocation's background work is. The
 * caller has the answer by then, so how long that work takes tells nobody anything.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html (2020-01-01)
 */
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";

const NAME = "parley-background";
const eventSchema = z.object({ eventType: z.string(), requestId: z.string().optional() });

export interface LambdaExtension {
  /** False once the runtime can't be reached: then work must be done before the answer. */
  isAlive(): boolean;
  /** Tells that an invocation's answer is on its way. */
  answered(requestId: string): void;
}

/**
 * `runtimeApi` is host and port as Lambda's environment has them. Must be awaited while the function starts: later
 * registrations are refused. `afterAnswer` resolves when the process may be frozen. Rejects where there is no
 * such API.
 */
export async function registerExtension(
  runtimeApi: string,
  afterAnswer: () => Promise<void>,
): Promise<LambdaExtension> {
  const url = `http://${runtimeApi}/2020-01-01/extension`;
  const registered = await ask(`${url}/register`, { "lambda-extension-name": NAME }, { events: ["INVOKE"] });
  await json(registered);
  const id = String(registered.headers["lambda-extension-identifier"]);
  const invocations = new Map<string, PromiseWithResolvers<void>>();
  const invocation = (requestId: string) => {
    const known = invocations.get(requestId) ?? Promise.withResolvers<void>();
    invocations.set(requestId, known);
    return known;
  };
  let alive = true;

  async function follow(): Promise<void> {
    for (;;) {
      // Asking for the next event says that this one is over. It is answered by the next invocation, maybe in hours.
      const answer = await ask(`${url}/event/next`, { "lambda-extension-identifier": id });
      const { requestId } = eventSchema.parse(await json(answer));
      if (requestId === undefined) continue;
      await invocation(requestId).promise;
      invocations.delete(requestId);
      await afterAnswer();
    }
  }
  follow().catch(() => {
    alive = false;
  });
  return { isAlive: () => alive, answered: (requestId) => invocation(requestId).resolve() };
}

/** Not `fetch`, which gives up on an answer after five minutes. */
function ask(url: string, headers: Record<string, string>, body?: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: body ? "POST" : "GET", headers }, (answer) => {
      if (answer.statusCode === 200) resolve(answer);
      else reject(new Error(`the Lambda extensions API answered ${answer.statusCode}`));
    });
    sent.on("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}
