/** Invite links: the code stands in the fragment, which browsers send to no server. */
const FRAGMENT = /^#invite=([A-Za-z0-9_-]{22})$/;

export const inviteLink = (code: string): string => `${location.origin}/#invite=${code}`;

export const readInviteCode = (fragment: string): string | undefined => FRAGMENT.exec(fragment)?.[1];
