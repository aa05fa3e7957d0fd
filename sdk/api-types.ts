/** Written by `npm run openapi` from docs/openapi.json. Don't edit. */

export interface paths {
    readonly "/v1/settings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What a client should know of this installation */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The same for everybody. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly passwordCodePointsMin: number;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/register": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Make an account and log in */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly username: string;
                        readonly password: string;
                        readonly email?: string;
                        /**
                         * @default body
                         * @enum {string}
                         */
                        readonly tokenIn?: "body" | "cookie";
                    };
                };
            };
            readonly responses: {
                /** @description The account's first session. */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly user: {
                                /** Format: uuid */
                                readonly id: string;
                                readonly username: string;
                            };
                            /** Format: uuid */
                            readonly sessionId: string;
                            readonly accessToken: string;
                            /** Format: date-time */
                            readonly expiresAt: string;
                            readonly refreshToken?: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Log in
         * @description Where the account has a second factor, a first answer asks for it: send all of it again with `code`.
         */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly username: string;
                        readonly password: string;
                        readonly code?: string;
                        /**
                         * @default body
                         * @enum {string}
                         */
                        readonly tokenIn?: "body" | "cookie";
                    };
                };
            };
            readonly responses: {
                /** @description A new session. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly user: {
                                /** Format: uuid */
                                readonly id: string;
                                readonly username: string;
                            };
                            /** Format: uuid */
                            readonly sessionId: string;
                            readonly accessToken: string;
                            /** Format: date-time */
                            readonly expiresAt: string;
                            readonly refreshToken?: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A new access token for a refresh token
         * @description Each refresh token works once, and ten seconds longer to get the same successor again. Using it later ends the session. Without a body it is read from the cookie, and its successor goes there.
         */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: {
                readonly content: {
                    readonly "application/json": {
                        readonly refreshToken?: string;
                    };
                };
            };
            readonly responses: {
                /** @description The session, with its next refresh token. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly user: {
                                /** Format: uuid */
                                readonly id: string;
                                readonly username: string;
                            };
                            /** Format: uuid */
                            readonly sessionId: string;
                            readonly accessToken: string;
                            /** Format: date-time */
                            readonly expiresAt: string;
                            readonly refreshToken?: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/reauthenticate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Prove once more who you are
         * @description The session counts as a log-in of now, which some changes ask for.
         */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly password: string;
                        readonly code?: string;
                    };
                };
            };
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End this session */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The session is revoked. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/logout-all": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End all my sessions, this one too */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description All sessions are revoked. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/email/verify": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Prove an email address by the token that was mailed to it */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly token: string;
                    };
                };
            };
            readonly responses: {
                /** @description The address counts from now on. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/password/forgot": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Have a link mailed that sets a new password */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly email: string;
                    };
                };
            };
            readonly responses: {
                /** @description If this is an account's verified address, a mail is on its way. */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/password/reset": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Set a new password by the token that was mailed */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly token: string;
                        readonly password: string;
                        /** @default false */
                        readonly keepPasskeys?: boolean;
                    };
                };
            };
            readonly responses: {
                /** @description Set; all sessions are revoked. Log in with it. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/passkey/options": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A challenge for a passkey's log-in */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description For `navigator.credentials.get`, as JSON. Works once, within five minutes. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly options: {
                                readonly challenge: string;
                            } & {
                                readonly [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/passkey/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Log in with a passkey */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly assertion: {
                            readonly id: string;
                            readonly rawId: string;
                            /** @enum {string} */
                            readonly type: "public-key";
                            readonly response: {
                                readonly clientDataJSON: string;
                                readonly authenticatorData: string;
                                readonly signature: string;
                            } & {
                                readonly [key: string]: unknown;
                            };
                        } & {
                            readonly [key: string]: unknown;
                        };
                        /**
                         * @default body
                         * @enum {string}
                         */
                        readonly tokenIn?: "body" | "cookie";
                    };
                };
            };
            readonly responses: {
                /** @description A new session. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly user: {
                                /** Format: uuid */
                                readonly id: string;
                                readonly username: string;
                            };
                            /** Format: uuid */
                            readonly sessionId: string;
                            readonly accessToken: string;
                            /** Format: date-time */
                            readonly expiresAt: string;
                            readonly refreshToken?: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who am I */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The account that is logged in. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly username: string;
                            readonly email: string | null;
                            readonly pendingEmail: string | null;
                            /** Format: date-time */
                            readonly createdAt: string;
                            readonly totpEnabled: boolean;
                            readonly recoveryCodesLeft: number;
                            readonly passkeys: number;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete my account
         * @description At once and for good. What you own must be transferred or deleted first.
         */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The account is gone. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Change my user name */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly username: string;
                    };
                };
            };
            readonly responses: {
                /** @description The account as it is now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly username: string;
                            readonly email: string | null;
                            readonly pendingEmail: string | null;
                            /** Format: date-time */
                            readonly createdAt: string;
                            readonly totpEnabled: boolean;
                            readonly recoveryCodesLeft: number;
                            readonly passkeys: number;
                        };
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/v1/me/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Everything that is kept about me */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description One JSON document; its fields are those of the tables, without hashes and keys. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: date-time */
                            readonly exportedAt: string;
                            readonly account: {
                                /** Format: uuid */
                                readonly id: string;
                                readonly username: string;
                                readonly email: string | null;
                                readonly pendingEmail: string | null;
                                /** Format: date-time */
                                readonly createdAt: string;
                                readonly totpEnabled: boolean;
                                readonly recoveryCodesLeft: number;
                                readonly passkeys: number;
                            };
                        } & {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/organizations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** My organisations */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By name. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly organizations: readonly {
                                /** Format: uuid */
                                readonly id: string;
                                readonly tag: string;
                                readonly name: string;
                            }[];
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Make an organisation and own it */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly name: string;
                        readonly tag: string;
                    };
                };
            };
            readonly responses: {
                /** @description It has one channel and the role everyone. */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly tag: string;
                            readonly name: string;
                            /** Format: uuid */
                            readonly ownerId: string;
                            /** Format: date-time */
                            readonly createdAt: string;
                            readonly permissions: string;
                            readonly rank: number | null;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/by-tag/{tag}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One of my organisations, by its tag */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly tag: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description As its members see it. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly tag: string;
                            readonly name: string;
                            /** Format: uuid */
                            readonly ownerId: string;
                            /** Format: date-time */
                            readonly createdAt: string;
                            readonly permissions: string;
                            readonly rank: number | null;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** An organisation */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description As its members see it. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly tag: string;
                            readonly name: string;
                            /** Format: uuid */
                            readonly ownerId: string;
                            /** Format: date-time */
                            readonly createdAt: string;
                            readonly permissions: string;
                            readonly rank: number | null;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Delete an organisation, for good */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Rename an organisation */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly name?: string;
                        readonly tag?: string;
                    };
                };
            };
            readonly responses: {
                /** @description As it is now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly tag: string;
                            readonly name: string;
                            /** Format: uuid */
                            readonly ownerId: string;
                            /** Format: date-time */
                            readonly createdAt: string;
                            readonly permissions: string;
                            readonly rank: number | null;
                        };
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/transfer": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Hand an organisation to another member */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly userId: string;
                    };
                };
            };
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/usage": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What an organisation holds, and what it may */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description A quota of 0 is none. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly members: {
                                readonly used: number;
                                readonly quota: number;
                            };
                            readonly channels: {
                                readonly used: number;
                                readonly quota: number;
                            };
                            readonly concurrentVoices: {
                                readonly used: number;
                                readonly quota: number;
                            };
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/members": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Members, in the order in which their accounts were made */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly cursor?: string;
                    readonly limit?: number;
                    readonly name?: string;
                    readonly role?: string;
                };
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description A page of them. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly {
                                /** Format: uuid */
                                readonly userId: string;
                                readonly username: string;
                                readonly nickname: string | null;
                                readonly isOwner: boolean;
                                readonly roleIds: readonly string[];
                                /** Format: date-time */
                                readonly joinedAt: string;
                                /** Format: date-time */
                                readonly timedOutUntil: string | null;
                                readonly version: string;
                            }[];
                            readonly nextCursor: string | null;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/members/{user}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Kick a member, or leave */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Change a member's nickname or roles */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    readonly "if-match"?: string;
                };
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly nickname?: string | null;
                        readonly roleIds?: readonly string[];
                    };
                };
            };
            readonly responses: {
                /** @description As they are now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly userId: string;
                            readonly username: string;
                            readonly nickname: string | null;
                            readonly isOwner: boolean;
                            readonly roleIds: readonly string[];
                            /** Format: date-time */
                            readonly joinedAt: string;
                            /** Format: date-time */
                            readonly timedOutUntil: string | null;
                            readonly version: string;
                        };
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/members/{user}/roles/{role}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Give a member one more role */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                    readonly role: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description As they are now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly userId: string;
                            readonly username: string;
                            readonly nickname: string | null;
                            readonly isOwner: boolean;
                            readonly roleIds: readonly string[];
                            /** Format: date-time */
                            readonly joinedAt: string;
                            /** Format: date-time */
                            readonly timedOutUntil: string | null;
                            readonly version: string;
                        };
                    };
                };
            };
        };
        readonly post?: never;
        /** Take one role from a member */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                    readonly role: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description As they are now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly userId: string;
                            readonly username: string;
                            readonly nickname: string | null;
                            readonly isOwner: boolean;
                            readonly roleIds: readonly string[];
                            /** Format: date-time */
                            readonly joinedAt: string;
                            /** Format: date-time */
                            readonly timedOutUntil: string | null;
                            readonly version: string;
                        };
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/members/{user}/ban": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Ban somebody who is or was a member */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @default  */
                        readonly reason?: string;
                        /** @default null */
                        readonly durationSeconds?: number | null;
                    };
                };
            };
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly post?: never;
        /** Lift a ban */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/bans": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who is banned */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly cursor?: string;
                    readonly limit?: number;
                };
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description A page of them. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly {
                                /** Format: uuid */
                                readonly userId: string;
                                readonly username: string;
                                readonly reason: string;
                                /** Format: date-time */
                                readonly bannedAt: string;
                                /** Format: date-time */
                                readonly expiresAt: string | null;
                                /** Format: uuid */
                                readonly bannedBy: string | null;
                            }[];
                            readonly nextCursor: string | null;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/members/{user}/timeout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Leave a member only the sight of the channels, for a while */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly durationSeconds: number;
                        /** @default  */
                        readonly reason?: string;
                    };
                };
            };
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly post?: never;
        /** End a time-out early */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/roles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Roles, the highest first */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description All of them. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly roles: readonly {
                                /** Format: uuid */
                                readonly id: string;
                                readonly name: string;
                                readonly position: number;
                                readonly permissions: string;
                                readonly isEveryone: boolean;
                                readonly version: string;
                            }[];
                        };
                    };
                };
            };
        };
        readonly put?: never;
        /** Make a role */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly name: string;
                        readonly permissions: string;
                        /** @default 1 */
                        readonly position?: number;
                    };
                };
            };
            readonly responses: {
                /** @description The new role. */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly name: string;
                            readonly position: number;
                            readonly permissions: string;
                            readonly isEveryone: boolean;
                            readonly version: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/roles/order": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Put the roles in order */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly roleIds: readonly string[];
                    };
                };
            };
            readonly responses: {
                /** @description The highest first. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly roles: readonly {
                                /** Format: uuid */
                                readonly id: string;
                                readonly name: string;
                                readonly position: number;
                                readonly permissions: string;
                                readonly isEveryone: boolean;
                                readonly version: string;
                            }[];
                        };
                    };
                };
            };
        };
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/roles/{role}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Delete a role */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly role: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Change a role's name or permissions */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    readonly "if-match"?: string;
                };
                readonly path: {
                    readonly org: string;
                    readonly role: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly name?: string;
                        readonly permissions?: string;
                    };
                };
            };
            readonly responses: {
                /** @description As it is now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            readonly name: string;
                            readonly position: number;
                            readonly permissions: string;
                            readonly isEveryone: boolean;
                            readonly version: string;
                        };
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/invites": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Invites that still open the door */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description One's own; all for those who manage the organisation. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly invites: readonly {
                                /** Format: uuid */
                                readonly id: string;
                                /** Format: uuid */
                                readonly createdBy: string | null;
                                /** Format: date-time */
                                readonly createdAt: string;
                                /** Format: date-time */
                                readonly expiresAt: string;
                                readonly uses: number;
                                readonly usesMax: number | null;
                            }[];
                        };
                    };
                };
            };
        };
        readonly put?: never;
        /** Make an invite */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @default 604800 */
                        readonly expiresInSeconds?: number;
                        /** @default null */
                        readonly usesMax?: number | null;
                    };
                };
            };
            readonly responses: {
                /** @description Its code is told this once. */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            /** Format: uuid */
                            readonly createdBy: string | null;
                            /** Format: date-time */
                            readonly createdAt: string;
                            /** Format: date-time */
                            readonly expiresAt: string;
                            readonly uses: number;
                            readonly usesMax: number | null;
                            readonly code: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/invites/{invite}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Revoke an invite */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly invite: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/invites/{code}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Where an invite leads; needs no log-in */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly code: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Before joining. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly organization: {
                                readonly tag: string;
                                readonly name: string;
                            };
                            readonly members: number;
                            readonly invitedBy: string | null;
                            /** Format: date-time */
                            readonly expiresAt: string;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/invites/{code}/accept": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Become a member */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly code: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Also for one who was in already. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly organization: {
                                /** Format: uuid */
                                readonly id: string;
                                readonly tag: string;
                                readonly name: string;
                            };
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Change my password
         * @description Ends my other sessions.
         */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly password: string;
                    };
                };
            };
            readonly responses: {
                /** @description Changed. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/email": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Change or remove my email address
         * @description A new address counts once the link that is mailed to it was opened. Ends my other sessions.
         */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly email: string | null;
                    };
                };
            };
            readonly responses: {
                /** @description A mail is on its way to the new address, or the old one is gone. */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Where I am logged in */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Sessions that count, the newest first. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly sessions: readonly {
                                /** Format: uuid */
                                readonly id: string;
                                readonly current: boolean;
                                /** Format: date-time */
                                readonly createdAt: string;
                                /** Format: date-time */
                                readonly lastUsedAt: string;
                                /** Format: date-time */
                                readonly expiresAt: string;
                                readonly userAgent: string | null;
                                readonly ip: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/sessions/{session}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** End one of my sessions */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly session: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Revoked: its tokens are refused from now on, and its call ends. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/totp": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A secret for my authenticator app
         * @description Nothing is switched on before a code confirms it. Asking again replaces the secret.
         */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The secret, also as the address of a QR code. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly secret: string;
                            readonly uri: string;
                        };
                    };
                };
            };
        };
        /** Switch codes off */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Off; recovery codes count no more. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/totp/confirm": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Switch codes on */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly code: string;
                    };
                };
            };
            readonly responses: {
                /** @description On. Recovery codes, shown this once. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly recoveryCodes: readonly string[];
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/passkeys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** My passkeys */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The oldest first. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly passkeys: readonly {
                                readonly id: string;
                                readonly name: string;
                                /** Format: date-time */
                                readonly createdAt: string;
                                /** Format: date-time */
                                readonly lastUsedAt: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        readonly put?: never;
        /** Add a passkey */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly name: string;
                        readonly registration: {
                            readonly id: string;
                            readonly rawId: string;
                            /** @enum {string} */
                            readonly type: "public-key";
                            readonly response: {
                                readonly clientDataJSON: string;
                                readonly attestationObject: string;
                            } & {
                                readonly [key: string]: unknown;
                            };
                        } & {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
            readonly responses: {
                /** @description It logs me in from now on. */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly id: string;
                            readonly name: string;
                            /** Format: date-time */
                            readonly createdAt: string;
                            /** Format: date-time */
                            readonly lastUsedAt: string | null;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/passkeys/options": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A challenge for a new passkey */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description For `navigator.credentials.create`, as JSON. Works once, within five minutes. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly options: {
                                readonly challenge: string;
                            } & {
                                readonly [key: string]: unknown;
                            };
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me/passkeys/{passkey}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Remove a passkey */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly passkey: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description It logs nobody in any more. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/channels": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The channels that I see, with what I may do in each */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description A flat list: a parent before its children, siblings by position. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly channels: readonly {
                                /** Format: uuid */
                                readonly id: string;
                                /** Format: uuid */
                                readonly parentId: string | null;
                                readonly position: number;
                                readonly name: string;
                                readonly topic: string;
                                readonly hasPassword: boolean;
                                readonly userLimit: number;
                                readonly bitrateBps: number | null;
                                readonly region: string | null;
                                readonly inherit: boolean;
                                readonly permissions: string;
                            }[];
                        };
                    };
                };
                /** @description Nothing has changed since the ETag in If-None-Match. */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        /** Make a channel */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly name: string;
                        /** @default  */
                        readonly topic?: string;
                        /**
                         * Format: uuid
                         * @default null
                         */
                        readonly parentId?: string | null;
                        /** @default 0 */
                        readonly userLimit?: number;
                        /** @default null */
                        readonly bitrateBps?: number | null;
                        /** @default null */
                        readonly region?: string | null;
                        readonly password?: string;
                    };
                };
            };
            readonly responses: {
                /** @description The last of its siblings. */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            /** Format: uuid */
                            readonly parentId: string | null;
                            readonly position: number;
                            readonly name: string;
                            readonly topic: string;
                            readonly hasPassword: boolean;
                            readonly userLimit: number;
                            readonly bitrateBps: number | null;
                            readonly region: string | null;
                            readonly inherit: boolean;
                            readonly permissions: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/channels/{channel}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A channel */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description With what I may do in it. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            /** Format: uuid */
                            readonly parentId: string | null;
                            readonly position: number;
                            readonly name: string;
                            readonly topic: string;
                            readonly hasPassword: boolean;
                            readonly userLimit: number;
                            readonly bitrateBps: number | null;
                            readonly region: string | null;
                            readonly inherit: boolean;
                            readonly permissions: string;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Delete a channel */
        readonly delete: {
            readonly parameters: {
                readonly query?: {
                    readonly cascade?: "true" | "false";
                };
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Change a channel's settings */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly name?: string;
                        readonly topic?: string;
                        readonly userLimit?: number;
                        readonly bitrateBps?: number | null;
                        readonly region?: string | null;
                    };
                };
            };
            readonly responses: {
                /** @description As it is now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            /** Format: uuid */
                            readonly parentId: string | null;
                            readonly position: number;
                            readonly name: string;
                            readonly topic: string;
                            readonly hasPassword: boolean;
                            readonly userLimit: number;
                            readonly bitrateBps: number | null;
                            readonly region: string | null;
                            readonly inherit: boolean;
                            readonly permissions: string;
                        };
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/channels/{channel}/move": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Move a channel in the tree, or among its siblings */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly parentId: string | null;
                        /** Format: uuid */
                        readonly afterId: string | null;
                    };
                };
            };
            readonly responses: {
                /** @description Where it is now. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly id: string;
                            /** Format: uuid */
                            readonly parentId: string | null;
                            readonly position: number;
                            readonly name: string;
                            readonly topic: string;
                            readonly hasPassword: boolean;
                            readonly userLimit: number;
                            readonly bitrateBps: number | null;
                            readonly region: string | null;
                            readonly inherit: boolean;
                            readonly permissions: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/channels/{channel}/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Set a channel's password */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly password: string;
                        /** @default false */
                        readonly everyoneOut?: boolean;
                    };
                };
            };
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly post?: never;
        /** Take a channel's password away */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/channels/{channel}/acl": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who may do what in a channel */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description All of the channel's entries. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly inherit: boolean;
                            readonly entries: readonly {
                                readonly subject: {
                                    /** @enum {string} */
                                    readonly type: "role";
                                    /** Format: uuid */
                                    readonly id: string;
                                } | {
                                    /** @enum {string} */
                                    readonly type: "user";
                                    /** Format: uuid */
                                    readonly id: string;
                                };
                                readonly allow: string;
                                readonly deny: string;
                                /** @enum {string} */
                                readonly appliesTo: "here" | "here_and_below";
                            }[];
                            readonly people: readonly {
                                /** Format: uuid */
                                readonly userId: string;
                                readonly username: string;
                            }[];
                            readonly version: string;
                        };
                    };
                };
            };
        };
        /** Replace a channel's entries */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    readonly "if-match"?: string;
                };
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly inherit: boolean;
                        readonly entries: readonly {
                            readonly subject: {
                                /** @enum {string} */
                                readonly type: "role";
                                /** Format: uuid */
                                readonly id: string;
                            } | {
                                /** @enum {string} */
                                readonly type: "user";
                                /** Format: uuid */
                                readonly id: string;
                            };
                            readonly allow: string;
                            readonly deny: string;
                            /**
                             * @default here_and_below
                             * @enum {string}
                             */
                            readonly appliesTo?: "here" | "here_and_below";
                        }[];
                    };
                };
            };
            readonly responses: {
                /** @description All of the channel's entries. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly inherit: boolean;
                            readonly entries: readonly {
                                readonly subject: {
                                    /** @enum {string} */
                                    readonly type: "role";
                                    /** Format: uuid */
                                    readonly id: string;
                                } | {
                                    /** @enum {string} */
                                    readonly type: "user";
                                    /** Format: uuid */
                                    readonly id: string;
                                };
                                readonly allow: string;
                                readonly deny: string;
                                /** @enum {string} */
                                readonly appliesTo: "here" | "here_and_below";
                            }[];
                            readonly people: readonly {
                                /** Format: uuid */
                                readonly userId: string;
                                readonly username: string;
                            }[];
                            readonly version: string;
                        };
                    };
                };
            };
        };
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/channels/{channel}/permissions/{user}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What somebody may do in a channel, and why */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Each permission with its reasons, in the order in which they apply. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** Format: uuid */
                            readonly userId: string;
                            /** Format: uuid */
                            readonly channelId: string;
                            readonly permissions: string;
                            readonly bits: readonly {
                                readonly bit: string;
                                readonly granted: boolean;
                                readonly reasons: readonly ({
                                    /** @enum {string} */
                                    readonly kind: "owner" | "not_a_member" | "banned" | "timed_out";
                                    /** @enum {string} */
                                    readonly effect: "give" | "take";
                                } | {
                                    /** @enum {string} */
                                    readonly kind: "role" | "administrator";
                                    /** Format: uuid */
                                    readonly roleId: string;
                                    /** @enum {string} */
                                    readonly effect: "give" | "take";
                                } | {
                                    /** @enum {string} */
                                    readonly kind: "entry";
                                    /** Format: uuid */
                                    readonly channelId: string;
                                    readonly subject: {
                                        /** @enum {string} */
                                        readonly type: "role";
                                        /** Format: uuid */
                                        readonly id: string;
                                    } | {
                                        /** @enum {string} */
                                        readonly type: "user";
                                        /** Format: uuid */
                                        readonly id: string;
                                    };
                                    /** @enum {string} */
                                    readonly appliesTo: "here" | "here_and_below";
                                    /** @enum {string} */
                                    readonly effect: "give" | "take";
                                } | {
                                    /** @enum {string} */
                                    readonly kind: "not_inherited" | "view_missing" | "connect_missing";
                                    /** Format: uuid */
                                    readonly channelId: string;
                                    /** @enum {string} */
                                    readonly effect: "give" | "take";
                                })[];
                            }[];
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/audit-log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who changed what, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly cursor?: string;
                    readonly limit?: number;
                    readonly actor?: string;
                    readonly action?: "organization.seed" | "organization.create" | "organization.update" | "organization.transfer" | "organization.delete" | "member.join" | "member.leave" | "member.update" | "member.kick" | "member.ban" | "member.unban" | "member.time_out" | "member.time_out_end" | "role.create" | "role.update" | "role.delete" | "role.reorder" | "invite.create" | "invite.revoke" | "channel.create" | "channel.update" | "channel.move" | "channel.delete" | "channel.password_set" | "channel.password_clear" | "channel.acl" | "voice.move" | "voice.disconnect" | "voice.update";
                    readonly outcome?: "done" | "denied";
                    readonly target?: string;
                    readonly since?: string;
                    readonly until?: string;
                };
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description A page of it. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly {
                                /** Format: uuid */
                                readonly id: string;
                                /** Format: date-time */
                                readonly at: string;
                                readonly actor: {
                                    /** Format: uuid */
                                    readonly userId: string;
                                    readonly username: string | null;
                                } | null;
                                readonly action: string;
                                /** @enum {string} */
                                readonly outcome: "done" | "denied";
                                readonly target: {
                                    /** @enum {string} */
                                    readonly type: "organization" | "user" | "role" | "invite" | "channel";
                                    /** Format: uuid */
                                    readonly id: string;
                                    readonly name: string | null;
                                } | null;
                                readonly before: {
                                    readonly [key: string]: unknown;
                                } | null;
                                readonly after: {
                                    readonly [key: string]: unknown;
                                } | null;
                                readonly reason: string | null;
                                readonly requestId: string | null;
                                readonly ip: string | null;
                            }[];
                            readonly nextCursor: string | null;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/audit-log/verify": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the audit log is as it was written */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly cursor?: string;
                    readonly limit?: number;
                };
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Of a part of it, from the oldest on; the cursor leads to the next. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly intact: boolean;
                            readonly entries: number;
                            /** Format: uuid */
                            readonly brokenAt: string | null;
                            readonly nextCursor: string | null;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/voice": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who is in which channel */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Everybody in the channels that you see. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly present: readonly {
                                /** Format: uuid */
                                readonly channelId: string;
                                readonly participantId: string;
                                /** Format: uuid */
                                readonly userId: string;
                                readonly name: string;
                                readonly muted: boolean;
                            }[];
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/voice/{user}/disconnect": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take somebody out of voice; they may come back */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly user: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Done. */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/orgs/{org}/channels/{channel}/join": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Ask for a place in a channel */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly org: string;
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: {
                readonly content: {
                    readonly "application/json": {
                        readonly password?: string;
                    };
                };
            };
            readonly responses: {
                /** @description The media node to go to, and the token that it will ask for. */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly room: {
                                /** Format: uuid */
                                readonly organizationId: string;
                                /** Format: uuid */
                                readonly channelId: string;
                            };
                            readonly node: {
                                readonly id: string;
                                readonly region: string;
                                readonly url: string;
                            };
                            readonly token: string;
                            /** Format: date-time */
                            readonly expiresAt: string;
                            readonly fence: number;
                            readonly permissions: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
