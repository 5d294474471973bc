/**
 * The look of Gatehouse's own pages: system fonts, one accent, light and dark, from 320 px. In the page
 * itself, so that no other file must be open to everybody.
 */
export const pageStyle = `
:root { color-scheme: light dark;
  --bg: #f6f6f4; --panel: #fff; --ink: #1d2126; --quiet: #5c6570; --line: #dfe2e6; --edge: #8a929c;
  --accent: #1f5fbf; --on-accent: #fff; --bad: #b3261e; --bad-bg: #fdecea; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #16181b; --panel: #1e2125; --ink: #e7eaee; --quiet: #9aa4b0; --line: #343a41; --edge: #76808b;
  --accent: #7aa7f0; --on-accent: #10151c; --bad: #f28b82; --bad-bg: #3a1f1d; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--bg); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Cantarell, sans-serif; }
main { max-width: 460px; margin: 8vh auto 0; padding: 24px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
h1 { font-size: 21px; line-height: 1.3; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p { margin: 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: 14px; }
.note { border-radius: 6px; padding: 10px 12px; background: var(--bad-bg); color: var(--bad); }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 14px; }
label { display: block; font-weight: 600; }
input { font: inherit; width: 100%; margin-top: 4px; padding: 8px 10px; color: inherit; background: var(--bg); border: 1px solid var(--edge); border-radius: 6px; }
button { font: inherit; font-weight: 600; width: 100%; padding: 9px 14px; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--on-accent); cursor: pointer; }
main > * + *, form > * + * { margin-top: 14px; }
main > p + h1 { margin-top: 2px; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (forced-colors: active) { button { border: 1px solid ButtonText; } }
`;
