import { pageStyle } from '../../page-style.ts';

/** The same look for guests, whose pages say more: lists, steps, a fingerprint to read out. */
export const guestStyle = `${pageStyle}
:root { --warn: #8a5a00; --warn-bg: #fff4dc; }
@media (prefers-color-scheme: dark) { :root { --warn: #e6b450; --warn-bg: #332a15; } }
h1:focus { outline: none; }
h2 { font-size: 15px; margin: 20px 0 0; font-weight: 600; overflow-wrap: anywhere; }
h2 + * { margin-top: 4px; }
:where(ul, ol) { margin: 0; }
ul, ol { padding-left: 22px; overflow-wrap: anywhere; }
li + li { margin-top: 4px; }
.wide { max-width: 680px; }
.wide h2 { font-size: 17px; margin-top: 28px; }
.wide h2 + * { margin-top: 8px; }
.caution { border-radius: 6px; padding: 10px 12px; background: var(--warn-bg); color: var(--warn); }
.stack > * + * { margin-top: 14px; }
.stack > p + h1 { margin-top: 2px; }
.stack > h2 { margin-top: 18px; }
.stack > h2 + * { margin-top: 4px; }
.hint { display: block; font-weight: 400; }
button:disabled { cursor: default; opacity: .6; }
.fingerprint { display: grid; grid-template-columns: repeat(4, max-content); gap: 4px .6em; padding: 12px; font: 600 18px/1.4 ui-monospace, "DejaVu Sans Mono", monospace;
  background: var(--bg); border: 1px solid var(--line); border-radius: 6px; }
@media (min-width: 480px) { .fingerprint { font-size: 24px; } }
details { border-top: 1px solid var(--line); padding-top: 10px; }
summary { font-weight: 600; cursor: pointer; }
details > * + * { margin-top: 10px; }
pre { margin: 6px 0 0; padding: 8px 10px; background: var(--bg); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
