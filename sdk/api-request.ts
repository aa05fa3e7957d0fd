/**
 * A request as the OpenAPI document has it: path, parameters, body and answer are checked by the compiler against the
 * types made from docs/openapi.json. What really comes is checked by the contract's schemas, which also brand ids.
 */
import type { paths } from "./api-types.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface ApiRequest<Answer> {
  readonly method: HttpMethod;
  readonly path: string;
  readonly body?: unknown;
  /** Version that the change is for: refused with `changed_meanwhile` where there is another by now. */
  readonly ifMatch?: string;
  /** Never there: it carries the type that a schema for the answer must fit. */
  readonly answer?: Answer;
}

/** What this module needs of a zod schema. */
export interface Schema<T> {
  safeParse(input: unknown): { success: true; data: T } | { success: false; error: unknown };
}

/** Of an answer without a body. */
export const nothing: Schema<undefined> = {
  safeParse: (input) =>
    input === undefined
      ? { success: true, data: undefined }
      : { success: false, error: "an unexpected body" },
};

/** `{name}` in a path is filled from `params`; an empty text in `query` is left out. */
export function apiRequest<Method extends HttpMethod, Path extends PathOf<Method>>(
  method: Method,
  path: Path,
  ...[input]: InputOf<OperationOf<Method, Path>>
): ApiRequest<AnswerOf<Method, Path>> {
  const { params = {}, query = {}, body, ifMatch } = (input ?? {}) as LooseInput;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  return {
    method,
    path: `${filled}${search}`,
    ...(body === undefined ? {} : { body }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
}

/** The JSON that a request takes. */
export type BodyOf<Method extends HttpMethod, Path extends PathOf<Method>> =
  Given<OperationOf<Method, Path>> extends { readonly body: infer Body } ? Body : never;

/** The JSON of its answer, undefined where there is none. */
export type AnswerOf<Method extends HttpMethod, Path extends PathOf<Method>> =
  OperationOf<Method, Path> extends { readonly responses: infer Responses }
    ? JsonOf<Responses[keyof Responses]>
    : never;

interface LooseInput {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  ifMatch?: string;
}

type PathOf<Method extends HttpMethod> = {
  [Path in keyof paths]: paths[Path] extends Record<Lowercase<Method>, object> ? Path : never;
}[keyof paths];

type OperationOf<Method extends HttpMethod, Path extends keyof paths> = paths[Path][Lowercase<Method> &
  keyof paths[Path]];

/** No argument where nothing must be given. */
type InputOf<Operation> =
  Record<never, never> extends Given<Operation> ? [input?: Given<Operation>] : [input: Given<Operation>];

type Given<Operation> = { readonly ifMatch?: string } & Field<"params", ParametersOf<Operation, "path">> &
  Field<"query", ParametersOf<Operation, "query">> &
  (Operation extends { readonly requestBody: infer Message }
    ? { readonly body: JsonOf<Message> }
    : Operation extends { readonly requestBody?: infer Message }
      ? Field<"body", JsonOf<Exclude<Message, undefined>>>
      : unknown);

/** Must be there when something in it must. */
type Field<Name extends string, Value> = [Value] extends [never]
  ? { readonly [N in Name]?: never }
  : Record<never, never> extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };

type ParametersOf<Operation, Place extends "path" | "query"> = Operation extends {
  readonly parameters: { readonly [P in Place]?: infer Parameters };
}
  ? Loose<Exclude<Parameters, undefined>>
  : never;

type JsonOf<Message> = Message extends { readonly content: { readonly "application/json": infer Json } }
  ? Loose<Json>
  : Message extends { readonly content?: never }
    ? undefined
    : never;

/** What may be left out may be undefined, too, as in zod's types; what else may be there isn't typed. */
type Loose<Json> = Json extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : Json extends object
    ? {
        readonly [Key in keyof Json as string extends Key ? never : Key]:
          | Loose<Json[Key]>
          | (object extends Pick<Json, Key> ? undefined : never);
      }
    : Json;
