/**
 * Tells zod not to compile its schemas: its probe for `new Function`, though caught, is reported as a violation
 * of the page's Content-Security-Policy. Must be imported before anything that parses.
 */
(globalThis as { __zod_globalConfig?: { jitless?: boolean } }).__zod_globalConfig = { jitless: true };

export {};
