/**
 * `/docs`: the OpenAPI document for people, made on the server. Swagger UI and its like are 1.4 MB and more of
 * script beside a function that shall stay below 1 MB, one of them with a telemetry package; this needs no script.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { html } from "hono/html";
import type { AppEnv } from "../app-deps.ts";
import { openApiConfig } from "../openapi-config.ts";
import { STYLES } from "./docs-styles.ts";

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  format?: string;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  default?: unknown;
}

interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}

type Content = Record<string, { schema?: Schema }>;

export function addDocsRoutes(app: OpenAPIHono<AppEnv>): void {
  app.get("/docs", (c) => {
    const document = app.getOpenAPI31Document(openApiConfig);
    const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.entries(item ?? {}).map(([method, operation]) => ({
        path,
        method,
        operation: operation as Operation,
      })),
    );
    const groups = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? "other");
    return c.html(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Parley: the HTTP API</title><link rel="stylesheet" href="/docs.css"></head>
<body>
<h1>Parley: the HTTP API</h1>
<p>Errors are <code>application/problem+json</code> (RFC 9457) with a stable <code>code</code>. Where a lock stands,
send <code>Authorization: Bearer</code> with the access token of a log-in.
The same as <a href="/openapi.json">OpenAPI document</a>.</p>
<nav>${[...groups].map(([tag, list]) => html`<h2>${tag}</h2><ul>${list.map(link)}</ul>`)}</nav>
${[...groups].map(([tag, list]) => html`<section><h2>${tag}</h2>${list.map(article)}</section>`)}
</body></html>`);
  });
  app.get("/docs.css", (c) => c.body(STYLES, 200, { "content-type": "text/css; charset=utf-8" }));
}

interface Entry {
  path: string;
  method: string;
  operation: Operation;
}

const anchor = ({ method, path }: Entry): string => `${method}-${path.replaceAll(/[^\w]+/g, "-")}`;
const isLocked = ({ operation }: Entry): boolean => (operation.security?.length ?? 0) > 0;

const link = (entry: Entry) =>
  html`<li><a href="#${anchor(entry)}"><b>${entry.method.toUpperCase()}</b> ${entry.path}</a> ${entry.operation.summary ?? ""}</li>`;

const article = (entry: Entry) => {
  const { summary, description, parameters, requestBody, responses } = entry.operation;
  return html`<article id="${anchor(entry)}">
<h3><b>${entry.method.toUpperCase()}</b> ${entry.path} ${isLocked(entry) ? html`<span title="needs an access token">🔒</span>` : ""}</h3>
<p>${summary ?? ""}${summary ? "." : ""} ${description ?? ""}</p>
${
  parameters?.length
    ? html`<h4>Parameters</h4><ul>${parameters.map(
        ({ name, in: place, required, schema }) =>
          html`<li><code>${name}</code> in ${place}${required ? "" : ", optional"}: <code>${shape(schema)}</code></li>`,
      )}</ul>`
    : ""
}
${requestBody?.content ? html`<h4>Body</h4>${body(requestBody.content)}` : ""}
<h4>Answers</h4><dl>${Object.entries(responses ?? {}).map(
    ([status, answer]) => html`<dt>${status}</dt><dd>${answer.description ?? ""}
${Number(status) < 400 && answer.content ? body(answer.content) : ""}</dd>`,
  )}</dl></article>`;
};

const body = (content: Content) =>
  html`<pre>${Object.values(content).map(({ schema }) => shape(schema))}</pre>`;

/** A schema in the words of a type. */
function shape(schema: Schema | undefined, indent = ""): string {
  if (!schema) return "anything";
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map((one) => shape(one, indent)).join(" | ");
  if (schema.properties) {
    const inner = `${indent}  `;
    const fields = Object.entries(schema.properties).map(([name, field]) => {
      const mark = schema.required?.includes(name) ? "" : "?";
      return `${inner}${name}${mark}: ${shape(field, inner)}`;
    });
    return `{\n${fields.join("\n")}\n${indent}}`;
  }
  if (schema.items) return `[${shape(schema.items, indent)}, …]`;
  const type = [schema.type ?? "anything"].flat().join(" | ");
  const notes = [
    schema.format,
    schema.minLength === undefined ? undefined : `at least ${schema.minLength}`,
    schema.maxLength === undefined ? undefined : `at most ${schema.maxLength}`,
    schema.default === undefined ? undefined : `unset: ${JSON.stringify(schema.default)}`,
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? type : `${type} (${notes.join(", ")})`;
}
