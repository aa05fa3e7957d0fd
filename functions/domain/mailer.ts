/** Mails to people: short, plain text. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** Tells an account's owner, where they have a verified address, what was changed: it may not have been them. */
export function tell(
  services: { mailer: Mailer; publicUrl: () => string; defer: (work: () => Promise<void>) => void },
  email: string | null | undefined,
  what: string,
): void {
  if (email) services.defer(() => services.mailer.send(changedMail(email, services.publicUrl(), what)));
}

/** Mailed tokens stand in the fragment, which browsers send to no server, nor in a Referer. */
const link = (publicUrl: string, kind: "verify" | "reset", token: string): string =>
  `${publicUrl}/#${kind}=${token}`;

export const verifyMail = (to: string, publicUrl: string, token: string): Mail => ({
  to,
  subject: "Confirm your email address",
  text: `Somebody, most likely you, gave this address to a Parley account. To confirm it, open\n\n${link(publicUrl, "verify", token)}\n\nThe link works once, within a day. If it wasn't you, do nothing: the address stays unconfirmed.\n`,
});

export const alreadyYoursMail = (to: string, publicUrl: string): Mail => ({
  to,
  subject: "You have an account already",
  text: `Somebody, most likely you, gave this address to a Parley account, but it belongs to one already. Log in at\n\n${publicUrl}\n\nIf you forgot the password, ask there for a new one. If it wasn't you, do nothing.\n`,
});

export const resetMail = (to: string, publicUrl: string, token: string): Mail => ({
  to,
  subject: "Choose a new password",
  text: `Somebody, most likely you, asked for a new password of your Parley account. To choose one, open\n\n${link(publicUrl, "reset", token)}\n\nThe link works once, within ten minutes. If it wasn't you, do nothing: your password stays as it is.\n`,
});

const changedMail = (to: string, publicUrl: string, what: string): Mail => ({
  to,
  subject: "Your Parley account was changed",
  text: `${what}\n\nIf it wasn't you, log in at\n\n${publicUrl}\n\nchange your password and look at your passkeys and log-ins. Can't you get in, ask there for a new password.\n`,
});

export const passwordChangedMail = (to: string, publicUrl: string, passkeysRemoved = 0): Mail => ({
  to,
  subject: "Your password was changed",
  text: `The password of your Parley account was changed, and its other log-ins were ended.${passkeysRemoved > 0 ? ` Its passkeys (${passkeysRemoved}) were removed: add yours anew.` : ""} If it wasn't you, ask for a new one at once at\n\n${publicUrl}\n`,
});

export const emailChangedMail = (to: string, publicUrl: string): Mail => ({
  to,
  subject: "Your email address was changed",
  text: `Your Parley account has another email address now, and this one counts no more. If it wasn't you, log in at\n\n${publicUrl}\n\nand change your password.\n`,
});
