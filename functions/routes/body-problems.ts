/** What any route with a JSON body may answer. */
export const BODY_PROBLEMS = [
  "malformed_json",
  "body_too_large",
  "unsupported_media_type",
  "validation_failed",
] as const;
