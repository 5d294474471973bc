/**
 * What a guest sees of Gatehouse in the server's own pages: the role, until when, and the way out.
 *
 * Attack: the page around it. A server's content is hostile, and nothing in a page can be kept from it: so
 * this protects nothing and holds no secret, it only tells; the gateway decides. It leaves no name behind,
 * takes nothing from the page, and shows words as text.
 */
import { fileAnswer, type Answer } from '../../http-answer.ts';
import { bannerWords } from './banner-words.ts';

const colours = `
  --panel: #fff; --ink: #1d2126; --quiet: #5c6570; --edge: #8a929c; --accent: #1f5fbf; --bg: #f6f6f4;`;
const darkColours = `
  --panel: #1e2125; --ink: #e7eaee; --quiet: #9aa4b0; --edge: #76808b; --accent: #7aa7f0; --bg: #16181b;`;

/**
 * `!important` within a shadow root beats the page's own rules for the host. Above a status bar such as
 * JupyterLab's, which is 24 px high; below the notices that servers show in the same corner (VS Code 1000,
 * JupyterLab 9999), so that no button of theirs is covered.
 */
const style = `
:host { all: initial !important; color-scheme: light dark !important; position: fixed !important; z-index: 900 !important;
  right: 18px !important; bottom: 32px !important; max-width: calc(100vw - 36px) !important;
  font: 13px/1.4 system-ui, "Segoe UI", Cantarell, sans-serif !important; ${colours} }
:host(.out) { inset: 0 !important; z-index: 2147483647 !important; max-width: none !important; overflow: auto !important; background: var(--bg) !important; }
@media (prefers-color-scheme: dark) { :host { ${darkColours} } }
@media (max-width: 400px) { :host { right: 8px !important; max-width: calc(100vw - 16px) !important; } }
@media print { :host { display: none !important; } }
* { box-sizing: border-box; }
.pill { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; padding: 3px 6px 3px 12px; color: var(--ink); background: var(--panel);
  border: 1px solid var(--edge); border-radius: 16px; }
.pill > span { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
button { font: inherit; min-height: 24px; padding: 1px 8px; color: var(--accent); background: transparent; border: 0; border-radius: 12px; cursor: pointer; }
.fold { color: var(--ink); }
.folded { padding: 0; } .folded button { color: var(--ink); padding: 3px 12px; border-radius: 16px; }
button:hover { text-decoration: underline; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
[hidden] { display: none !important; }
main { max-width: 460px; margin: 12vh auto 0; padding: 24px; color: var(--ink); background: var(--panel); border: 1px solid var(--edge); border-radius: 8px;
  font-size: 16px; line-height: 1.5; }
h1 { margin: 0 0 12px; font-size: 21px; line-height: 1.3; } h1:focus { outline: none; } p { margin: 0; overflow-wrap: anywhere; } p + p { margin-top: 12px; } .brand { font-size: 14px; }
@media (max-width: 500px) { main { margin: 16px; } }
`;

const script = String.raw`(() => {
'use strict';
const tag = 'gatehouse-guest';
if (top !== self || document.querySelector(tag) !== null) return;
const words = ${JSON.stringify(bannerWords)};
const css = ${JSON.stringify(style)};
const folded = 'gatehouse-banner-folded';
const host = document.createElement(tag);
const root = host.attachShadow({ mode: 'closed' });
let role = '';
let timer = 0;
let outTitle = '';
let done = false;

function element(name, content, attributes) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...[].concat(content));
  return made;
}

try {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
} catch {
  root.append(element('style', css));
}

const text = element('span', '');
const trouble = element('span', '', { role: 'status', class: 'quiet' });
const leaveButton = element('button', 'Leave', { type: 'button', title: 'End your visit in this browser' });
const foldButton = element('button', '–', { type: 'button', class: 'fold', 'aria-label': 'Make this small', title: 'Make this small' });
const whole = element('div', [text, trouble, leaveButton, foldButton], { class: 'pill', role: 'region', 'aria-label': 'Your visit' });
const openButton = element('button', '', { type: 'button', 'aria-expanded': 'false' });
const small = element('div', openButton, { class: 'pill folded', role: 'region', 'aria-label': 'Your visit' });

function remember(value) {
  try { sessionStorage.setItem(folded, value); } catch { /* Then it is not remembered. */ }
}
function recall() {
  try { return sessionStorage.getItem(folded) === 'yes'; } catch { return false; }
}
function fold(isSmall) {
  whole.hidden = isSmall;
  small.hidden = !isSmall;
}
foldButton.addEventListener('click', () => { fold(true); remember('yes'); openButton.focus(); });
openButton.addEventListener('click', () => { fold(false); remember('no'); foldButton.focus(); });
leaveButton.addEventListener('click', () => { void leave(); });

async function leave() {
  leaveButton.disabled = true;
  try {
    const answer = await fetch('/_gatehouse/leave', { method: 'POST', credentials: 'same-origin', cache: 'no-store' });
    if (!answer.ok && answer.status !== 401) throw new Error('refused');
    stop();
    location.replace('/_gatehouse/left');
  } catch {
    leaveButton.disabled = false;
    trouble.textContent = 'That did not work. Try again.';
  }
}

function clock(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const near = { hour: '2-digit', minute: '2-digit' };
  const isToday = at.toDateString() === new Date().toDateString();
  return ' · until ' + at.toLocaleString('en-GB', isToday ? near : { ...near, day: 'numeric', month: 'short' });
}

/**
 * Again after the page has changed its own title, and once the guest is out. A page that keeps
 * changing it back is not fought at speed.
 */
function markTitle() {
  if (outTitle !== '' && document.title !== outTitle) document.title = outTitle;
  if (role === '' || done) return;
  const mark = '[' + role + ']';
  if (!document.title.startsWith(mark)) document.title = (mark + ' ' + document.title).trim();
}
let marking = 0;
const titles = new MutationObserver(() => {
  if (marking !== 0) return;
  marking = setTimeout(() => { marking = 0; markTitle(); }, 200);
});

function tell(me) {
  role = String(me.title || me.role || 'Guest').slice(0, 40);
  const label = role + clock(me.until);
  if (text.textContent !== label) text.textContent = label;
  text.title = 'You are here as a guest' + (me.name ? ', as ' + String(me.name).slice(0, 100) : '');
  openButton.textContent = role;
  openButton.setAttribute('aria-label', role + ': show your visit');
  if (!root.contains(whole)) {
    root.append(whole, small);
    fold(recall());
  }
  trouble.textContent = '';
  if (!host.isConnected) document.documentElement.append(host);
  markTitle();
}

function stop() {
  done = true;
  clearTimeout(timer);
}

function tellOut(reason) {
  stop();
  const said = Object.hasOwn(words.out, reason) ? words.out[reason] : words.out.unknown;
  const heading = element('h1', said.title, { tabindex: '-1' });
  whole.remove();
  small.remove();
  root.append(element('main', [element('p', 'Gatehouse', { class: 'brand quiet' }), heading, element('p', said.text), element('p', words.unsaved, { class: 'quiet' })]));
  host.className = 'out';
  // What the server showed is not for this person any more; nor should it answer to keys behind the words.
  if (document.body !== null) {
    document.body.replaceChildren();
    document.body.inert = true;
  }
  document.documentElement.append(host);
  outTitle = said.title;
  markTitle();
  heading.focus();
}

async function look() {
  clearTimeout(timer);
  try {
    const answer = await fetch('/_gatehouse/me', { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(10000) });
    const body = await answer.json().catch(() => ({}));
    if (done) return;
    if (answer.status === 401) return tellOut(String(body.reason));
    if (answer.status === 200) tell(body);
  } catch {
    if (!done) trouble.textContent = '· the connection is lost';
  }
  // One visit, one look at a time: a slow answer does not pile them up. A page that nobody sees looks seldom.
  if (!done) again((document.hidden ? 30000 : 4000) + Math.random() * 2000);
}
function again(delay) {
  clearTimeout(timer);
  timer = setTimeout(() => { void look(); }, delay);
}

document.addEventListener('visibilitychange', () => { if (!document.hidden && !done) void look(); });
if (document.head !== null) titles.observe(document.head, { subtree: true, childList: true, characterData: true });
void look();
})();
`;

export function guestScript(): Answer {
  return fileAnswer('text/javascript; charset=utf-8', script);
}
