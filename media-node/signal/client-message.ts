import { AppError } from "@parley/contract/errors";
import { type ClientMessage, clientMessageSchema } from "@parley/contract/signal";

const TYPES = new Set<unknown>(clientMessageSchema.options.map((option) => option.shape.type.value));

/** One frame of a client. Throws `malformed_json`, `message_unknown` or `message_invalid`. */
export function parseClientMessage(data: Buffer): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(data.toString("utf8"));
  } catch (cause) {
    throw new AppError("malformed_json", { detail: "The message is not valid JSON.", cause });
  }
  const parsed = clientMessageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (!TYPES.has(type)) throw new AppError("message_unknown");
  const path = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new AppError("message_invalid", { detail: `The message's field "${path}" is wrong or missing.` });
}
