/** Mail through an SMTP server. */
import type { Mailer } from "../domain/mailer.ts";

const SOCKET_MS_MAX = 15_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * `url`: smtp://user:password@host:587, or smtps://… for TLS from the first byte. `from`: `Parley <no-reply@…>`.
 * Without TLS nothing is sent, lest somebody on the way takes STARTTLS out of the answer and reads password and links;
 * but for a server on this machine, and where the url says `?requireTLS=false`.
 */
export function createSmtpMailer(url: string, from: string): Mailer {
  const bounded = new URL(url);
  for (const timeout of ["connectionTimeout", "greetingTimeout", "socketTimeout"]) {
    if (!bounded.searchParams.has(timeout)) bounded.searchParams.set(timeout, String(SOCKET_MS_MAX));
  }
  if (!bounded.searchParams.has("requireTLS") && !LOOPBACK.test(bounded.hostname)) {
    bounded.searchParams.set("requireTLS", "true");
  }
  // Loaded with the first mail: most starts of a function in the cloud never send one.
  const open = () =>
    import("nodemailer").then(({ createTransport }) => createTransport(bounded.href, { from }));
  let opened: ReturnType<typeof open> | undefined;
  return {
    async send({ to, subject, text }) {
      opened ??= open();
      const transport = await opened;
      // As an object, so that an address is one address whatever characters it has.
      await transport.sendMail({ to: { name: "", address: to }, subject, text });
    },
  };
}
