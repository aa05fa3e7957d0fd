/** Rules for what people type: NFC, counted in code points, nothing that hides or reorders text. */
import { z } from "zod";

// Cc control, Cf format (bidi overrides, zero-width), Cs lone surrogates, Co private use, Cn unassigned,
// Zl and Zp line breaks, and what Unicode says is not to be shown (fillers, joiners, variation selectors), which
// two names may differ by and look alike. Lone surrogates match \p{Cs} only with the u flag.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** A symbol as an emoji, which keyboards type so: the selector is seen there. */
const EMOJI = /(\p{Extended_Pictographic})\ufe0f/gu;

export const codePoints = (text: string): number => [...text].length;

/** A visible name, normalised to NFC and trimmed, of `min` to `max` code points. */
export function visibleText(min: number, max: number) {
  return z
    .string()
    .max(max * 8, "too_long")
    .refine((text) => !HIDDEN.test(text.replaceAll(EMOJI, "$1")), "hidden_character")
    .transform((text) => text.normalize("NFC").trim())
    .refine((text) => codePoints(text) >= min, "too_short")
    .refine((text) => codePoints(text) <= max, "too_long");
}

/** For lists in which each id may stand once. */
export const hasNoDoubles = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** For changes that name at least one field. */
export const hasSomeField = (value: object): boolean =>
  Object.values(value).some((field) => field !== undefined);
