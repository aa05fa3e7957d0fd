/** Everything that a stranger can make large has its bound here. */

export const BODY_BYTES_MAX = 64 * 1024;
export const JSON_DEPTH_MAX = 32;

export const USERNAME_CODE_POINTS_MIN = 2;
export const USERNAME_CODE_POINTS_MAX = 32;
export const PASSWORD_CODE_POINTS_MIN = 12;
export const PASSWORD_CODE_POINTS_MAX = 128;
export const EMAIL_CHARACTERS_MAX = 254;
export const SESSIONS_PER_USER_MAX = 100;
export const PASSKEYS_PER_USER_MAX = 20;
export const NAME_CODE_POINTS_MAX = 64;
export const TOPIC_CODE_POINTS_MAX = 512;
export const CHANNELS_PER_ORGANIZATION_MAX = 500;
export const ROLES_PER_ORGANIZATION_MAX = 250;
export const ACL_ENTRIES_PER_CHANNEL_MAX = 100;
export const INVITES_PER_ORGANIZATION_MAX = 500;
/** What a new organisation may hold; its row says otherwise where an operator changed it. */
export const MEMBERS_PER_ORGANIZATION_DEFAULT = 100_000;
export const ORGANIZATIONS_PER_OWNER_MAX = 50;
export const CHANNEL_DEPTH_MAX = 8;
export const TAG_CHARACTERS_MIN = 2;
export const TAG_CHARACTERS_MAX = 16;
export const CHANNEL_PASSWORD_CODE_POINTS_MAX = 128;
/** Why somebody was banned or timed out, for the audit log and for them. */
export const REASON_CODE_POINTS_MAX = 512;
export const TIME_OUT_SECONDS_MIN = 60;
export const TIME_OUT_SECONDS_MAX = 28 * 24 * 3_600;
export const BAN_SECONDS_MIN = 60;
export const BAN_SECONDS_MAX = 10 * 365 * 24 * 3_600;
export const INVITE_LIFETIME_SECONDS_MIN = 300;
export const INVITE_LIFETIME_SECONDS_DEFAULT = 7 * 24 * 3_600;
export const INVITE_LIFETIME_SECONDS_MAX = 90 * 24 * 3_600;
export const INVITE_USES_MAX = 100_000;
export const PAGE_ITEMS_DEFAULT = 50;
export const PAGE_ITEMS_MAX = 100;
export const CURSOR_CHARACTERS_MAX = 512;
/** What an Opus encoder can be told, in bits a second (RFC 6716 §2.1.1). */
export const BITRATE_BPS_MIN = 6_000;
export const BITRATE_BPS_MAX = 510_000;

export const ACCESS_TOKEN_LIFETIME_SECONDS = 600;
/** Of a refresh token that isn't used, and of its whole family. */
export const SESSION_IDLE_SECONDS = 7 * 24 * 60 * 60;
export const SESSION_LIFETIME_SECONDS = 30 * 24 * 60 * 60;
/** So long a refresh token may be used a second time, by another tab, and get the same successor. */
export const REFRESH_GRACE_SECONDS = 10;
/** Changing email, password, second factors or ownership, or ending an organisation, asks for a log-in that is no older. */
export const RECENT_LOGIN_SECONDS = 300;
export const RESET_TOKEN_LIFETIME_SECONDS = 600;
export const VERIFY_TOKEN_LIFETIME_SECONDS = 24 * 60 * 60;
export const JOIN_TOKEN_LIFETIME_SECONDS = 30;
export const JOIN_TOKEN_BYTES_MAX = 1024;
/** Two machines' clocks may differ by this much before a token is refused. */
export const CLOCK_TOLERANCE_SECONDS = 5;

export const SIGNAL_FRAME_BYTES_MAX = 16 * 1024;
export const SDP_BYTES_MAX = 32 * 1024;
/** The first frame carries an SDP beside the token, so it may be larger than the later ones. */
export const SIGNAL_HELLO_BYTES_MAX = SDP_BYTES_MAX + SIGNAL_FRAME_BYTES_MAX;
export const SIGNAL_AUTHENTICATE_MS_MAX = 5_000;
export const SIGNAL_MESSAGES_PER_SECOND = 50;
export const SIGNAL_MESSAGES_BURST = 100;
/** A reader that lets this much pile up is closed, not waited for. */
export const SIGNAL_SEND_BUFFER_BYTES_MAX = 1024 * 1024;
/** The message after this many unknown or invalid ones closes the socket. */
export const SIGNAL_ERRORS_MAX = 5;
/**
 * Sockets that have not brought a good token yet, on one node; beyond it the oldest of them goes. An honest one waits
 * for a round trip. Each costs 20–70 µs when it closes, and whoever holds many may close them all at once.
 */
export const SIGNAL_SOCKETS_WAITING_MAX = 1_000;
/** The same of one network: an IPv4 address or the /64 of an IPv6 one. */
export const SIGNAL_SOCKETS_WAITING_SHARE_MAX = 500;
/** From the answer to agreed keys; a client whose packets never come is let go. */
export const TRANSPORT_CONNECT_MS_MAX = 15_000;
/** A client pings this often; a node closes a socket that was silent for three intervals. */
export const SIGNAL_PING_INTERVAL_MS = 5_000;

/** Voices heard at once by each listener: the receive m-lines of an offer. */
export const VOICES_PER_LISTENER = 8;
export const PARTICIPANTS_PER_ROOM_MAX = 2_000;
/** Opus frames of 20 ms at the codec's top rate stay below this; more than an Ethernet frame never comes. */
export const RTP_BYTES_MAX = 1_500;

/** Clients on one media node, whatever their rooms. */
export const PEERS_PER_NODE_MAX = 10_000;
/** A client that sent no authenticated connectivity check for this long is let go (RFC 7675: at most 30 s). */
export const CONSENT_MS_MAX = 15_000;

/** Entries of an audit log that one request verifies: each is hashed, about 20 µs. */
export const AUDIT_VERIFY_ENTRIES_MAX = 10_000;
