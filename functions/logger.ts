/** The log: JSON lines, without anything that opens a door. */
import { type DestinationStream, type Logger, pino, stdSerializers } from "pino";

const SECRETS = [
  "password",
  "newPassword",
  "passwordHash",
  "token",
  "accessToken",
  "refreshToken",
  "code",
  "secret",
  "recoveryCodes",
  "authorization",
  "cookie",
  "set-cookie",
];

export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      redact: {
        paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: "[redacted]",
      },
      serializers: { err: withoutParameters },
    },
    destination,
  );
}

/**
 * An error as pino has it, but for what a failed query's message repeats: its parameters, which may be hashes,
 * addresses or worse. Fields that errors carry beside message and stack are left out for the same reason.
 */
function withoutParameters(error: Error): object {
  const { type, message, stack } = stdSerializers.err(error);
  const { code } = error as { code?: unknown };
  return {
    type,
    message: cut(message),
    stack: cut(stack),
    ...(typeof code === "string" ? { errorCode: code } : {}),
  };
}

/** From "params:" to where the stack goes on. */
const cut = (text: string): string =>
  text.replaceAll(/^params:[\s\S]*?(?=^ {4}at |^caused by: |(?![\s\S]))/gm, "params: [redacted]\n");
