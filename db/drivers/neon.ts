/** Neon's driver, over its own WebSocket to Neon or straight over TCP to any other Postgres. */
import { Client, Pool, type PoolClient } from "@neondatabase/serverless";
import type { Logger } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-serverless";
import type { Connection, Driver, Pipeline, Transaction } from "../connection.ts";
import { registerPipeline } from "../reading.ts";
import { PipelineQuery } from "./pipeline-query.ts";
import { answerScram } from "./scram.ts";
import { type TcpAddress, tcpWebSocket } from "./tcp-web-socket.ts";

export interface NeonOptions {
  poolMax: number;
  /** Host and path of a WebSocket proxy that stands in for Neon's, unencrypted. For tests. */
  webSocketProxy?: string;
  /** Set for servers that speak Postgres over TCP. */
  tcp?: TcpAddress;
  logger?: Logger;
}

/** How long a transaction waits for a free connection before it is told that the database is busy. */
const CONNECT_MS_MAX = 5_000;
const IDLE_MS_MAX = 60_000;

export function openNeon(url: string, options: NeonOptions): Driver {
  const pool = new Pool({
    connectionString: url,
    max: options.poolMax,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    idleTimeoutMillis: IDLE_MS_MAX,
  });
  // Not an option of theirs: a field of the pool names the class of its clients.
  Object.assign(pool, { Client: clientClass(options) });
  // An idle connection that breaks leaves the pool by itself; the next transaction gets a new one.
  pool.on("error", () => {});

  const connections = new WeakMap<PoolClient, Omit<Connection, "discard">>();
  const connectionOf = (client: PoolClient) => {
    const known = connections.get(client) ?? wrap(client, options.logger);
    connections.set(client, known);
    return known;
  };

  return {
    name: options.tcp ? "postgres" : "neon",
    async withConnection(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      const onError = (error: Error) => {
        broken = error;
      };
      client.on("error", onError);
      try {
        const discard = () => {
          broken ??= new Error("in an unknown state");
        };
        return await work({ ...connectionOf(client), discard });
      } finally {
        client.off("error", onError);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

function wrap(client: PoolClient, logger: Logger | undefined): Omit<Connection, "discard"> {
  const parsed = new Map<string, string>();
  const pipeline: Pipeline = (statements) => {
    for (const { text, values } of statements) logger?.logQuery(text, [...values]);
    const query = new PipelineQuery(statements, parsed);
    // Their types know no queries but their own.
    client.query(query as never);
    return query.rows;
  };
  const tx = drizzle({ client, ...(logger ? { logger } : {}) }) as Transaction;
  registerPipeline(tx, pipeline);
  return {
    tx,
    pipeline,
    async run(statements) {
      const result: { command?: string } | { command?: string }[] = await client.query(statements);
      return (Array.isArray(result) ? result.at(-1)?.command : result.command) ?? "";
    },
  };
}

/** The driver's settings belong to each client here: its globals would bind all databases of a process. */
function clientClass({ tcp, webSocketProxy }: NeonOptions): typeof Client {
  return class ConfiguredClient extends Client {
    constructor(config: ConstructorParameters<typeof Client>[0]) {
      super(config);
      // One that is thrown away may still fail: with nobody listening, that would end the process.
      this.on("error", () => {});
      this.#guardAuthentication();
      const settings = this.neonConfig;
      if (webSocketProxy !== undefined) {
        settings.wsProxy = () => webSocketProxy;
        settings.useSecureWebSocket = false;
      }
      if (tcp) {
        // Encryption, where wanted, is the socket's (sslmode); the address is fixed, so the proxy's name is none.
        settings.wsProxy = () => "localhost";
        settings.useSecureWebSocket = false;
        settings.webSocketConstructor = tcpWebSocket(tcp) as unknown as typeof WebSocket;
        settings.coalesceWrites = false;
      }
      settings.pipelineTLS = false;
      // Postgres answers with SCRAM, which needs its challenge first.
      settings.pipelineConnect = tcp || webSocketProxy !== undefined ? false : "password";
    }

    /** In place of the driver's own: see scram.ts. What the server proves in return is checked by the driver. */
    override async _handleAuthSASLContinue({ data }: { data: string }): Promise<void> {
      const { saslSession, password, connection } = this;
      try {
        if (typeof password !== "string")
          throw new Error("The server asks for a password, and the url has none.");
        const answer = await answerScram(saslSession.response.replace(/^n,,/, ""), data, password);
        Object.assign(saslSession, answer, { message: "SASLResponse" });
        connection.sendSCRAMClientFinalMessage(answer.response);
      } catch (error) {
        this.#refuse(error);
      }
    }

    /** The driver's own throw where only the socket calls, and take the server's word where its proof doesn't come. */
    #guardAuthentication(): void {
      const handlers = this as unknown as Handlers;
      for (const name of ["_handleAuthSASL", "_handleAuthSASLFinal"] as const) {
        const handle = handlers[name].bind(this);
        handlers[name] = (message) => {
          try {
            handle(message);
          } catch (error) {
            this.#refuse(error);
          }
        };
      }
      const handleReady = handlers._handleReadyForQuery.bind(this);
      handlers._handleReadyForQuery = (message) => {
        if (!this.saslSession) return handleReady(message);
        this.#refuse(new Error("SASL: the server didn't prove that it knows the password"));
      };
    }

    /** The pool lets go of a client that can't connect, but leaves its socket open. */
    #refuse(error: unknown): void {
      this.connection.emit("error", error);
      this.connection.stream.destroy();
    }
  };
}

/** Of the driver's client. `saslSession` is there until the server's proof was found right. */
type Handlers = Record<
  "_handleAuthSASL" | "_handleAuthSASLFinal" | "_handleReadyForQuery",
  (message: unknown) => void
>;
