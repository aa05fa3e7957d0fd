/** Of `/docs`: from a file of its own, since the page's policy lets no style stand in the page. */
export const STYLES = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h3, nav a { font-family: ui-monospace, monospace; font-size: 1rem; }
nav ul { padding-left: 1rem; list-style: none; }
article { margin: 1.5rem 0; padding-top: 1rem; border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
pre { padding: 0.75rem; overflow-x: auto; border-radius: 8px; background: color-mix(in srgb, currentColor 8%, transparent); }
dt { font-weight: 600; } dd { margin: 0 0 0.5rem 1.5rem; } h4 { margin: 0.75rem 0 0.25rem; }
`;
