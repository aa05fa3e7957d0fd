/**
 * Which state of something was read. Sent back in `If-Match` (RFC 9110 §13.1.1, between quotes), it has a change
 * refused with `changed_meanwhile` where somebody else was faster. Opaque; the same content has the same version.
 */
import { z } from "zod";

export const versionSchema = z.string().regex(/^[\w-]{16}$/);
