/** Lambda's side of the extensions API (2020-01-01): one invocation after the other, for one function. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LambdaRuntime {
  /** As `AWS_LAMBDA_RUNTIME_API` has it. */
  address: string;
  /** The events that the extension registered for. */
  registered: string[];
  /** Whether the function may be frozen: its extension asks for the next event. */
  isIdle(): boolean;
  /** Resolves when it may be frozen. */
  idle(): Promise<void>;
  /** Tells the extension of an invocation and gives its id. */
  invoke(): Promise<string>;
  close(): void;
}

export async function startLambdaRuntime(): Promise<LambdaRuntime> {
  const registered: string[] = [];
  let waiting = Promise.withResolvers<ServerResponse>();
  let isIdle = false;
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith("/register")) {
      let text = "";
      for await (const chunk of request) text += chunk;
      registered.push(...(JSON.parse(text) as { events: string[] }).events);
      response.writeHead(200, { "lambda-extension-identifier": randomUUID() }).end("{}");
    } else if (request.url?.endsWith("/event/next")) {
      isIdle = true;
      waiting.resolve(response);
    } else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    registered,
    isIdle: () => isIdle,
    idle: async () => void (await waiting.promise),
    async invoke() {
      const response = await waiting.promise;
      waiting = Promise.withResolvers();
      isIdle = false;
      const requestId = randomUUID();
      response.end(JSON.stringify({ eventType: "INVOKE", requestId }));
      return requestId;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
