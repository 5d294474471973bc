/**
 * What runs in the page that a share link opens. It reads the link's secret from the fragment, which no log
 * and no Referer ever holds, takes it out of the address bar and the history, and keeps it in this page's
 * memory alone.
 *
 * Attacks: words of the owner's that are markup (only `textContent` is set, and the page's policy asks for
 * trusted types, of which it makes none); an answer that leads elsewhere (`next` has to lie on this origin);
 * a preview robot (nothing is asked before a script runs, and looking uses nothing up).
 *
 * It is text and not a function, so that the hash in the policy is that of what is sent, whatever a bundler
 * does. No backtick, no `<`-slash.
 */
import { joinWords } from './join-words.ts';

export const joinScript = String.raw`(() => {
'use strict';
const words = ${JSON.stringify(joinWords)};
const path = location.pathname.replace(/\/+$/, '');
const view = document.getElementById('view');
const waitMs = 2000;
let secret = '';
/** Counts the steps: an answer to an earlier one is not listened to. */
let turn = 0;

function element(name, content, attributes) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...[].concat(content));
  return made;
}

function show(title, parts, quiet) {
  const heading = element('h1', title, { tabindex: '-1' });
  view.replaceChildren(element('p', quiet || 'Gatehouse', { class: 'quiet' }), heading, ...parts);
  document.title = title + ' · Gatehouse';
  heading.focus();
}

function button(label, act) {
  const made = element('button', label, { type: 'button' });
  made.addEventListener('click', act);
  return made;
}

function fill(text, invitation) {
  const owner = invitation ? invitation.owner : 'the owner';
  const filled = text.replaceAll('{owner}', () => owner);
  return invitation ? filled : filled.replace(/^the owner/, 'The owner');
}

function refuse(reason, invitation, again) {
  if (!Object.hasOwn(words.refusals, reason)) return odd(403, again);
  const known = words.refusals[reason];
  const parts = known.text.map(text => element('p', fill(text, invitation)));
  if (known.again) parts.push(button('Try again', again));
  show(fill(known.title, invitation), parts);
}

function problem(title, texts, again, seconds) {
  const retry = button('Try again', again);
  if (seconds > 0) {
    retry.disabled = true;
    setTimeout(() => { retry.disabled = false; }, seconds * 1000);
  }
  show(title, texts.map(text => element('p', text)).concat(retry));
}

function odd(status, again) {
  problem(words.odd.title, [words.odd.text.replace('{status}', status)], again, 0);
}

async function ask(part, asked) {
  const answer = await fetch(path + part, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(asked),
    credentials: 'same-origin', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(30000),
  });
  const body = await answer.json().catch(() => null);
  const seconds = Math.min(Math.max(Number(answer.headers.get('Retry-After')) || 1, 1), 3600);
  return { status: answer.status, seconds, body: body !== null && typeof body === 'object' ? body : {} };
}

/** Takes one step and hands its answer on; tells of whatever nobody handles. */
async function step(part, asked, invitation, handlers) {
  const mine = ++turn;
  const again = () => { void step(part, asked, invitation, handlers); };
  let answer;
  try {
    answer = await ask(part, asked);
  } catch {
    if (mine === turn) problem(words.unreachable.title, words.unreachable.text, again, 0);
    return;
  }
  if (mine !== turn) return;
  const { status, seconds, body } = answer;
  const handle = Object.hasOwn(handlers, status) ? handlers[status] : undefined;
  const said = typeof body.message === 'string' ? body.message : '';
  if (handle !== undefined) handle(body);
  else if (status === 403) refuse(String(body.reason), invitation, look);
  else if (status === 429) problem(words.tooMany.title, [words.tooMany.text.replace('{wait}', seconds < 120 ? seconds + ' s' : Math.ceil(seconds / 60) + ' min')], again, seconds);
  else if (status === 503) problem(words.notNow.title, [said].concat(words.notNow.text).filter(Boolean), again, 0);
  else odd(status, again);
}

/** In this device's own time zone. */
function moment(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return element('strong', 'an unknown time');
  const days = Math.round((new Date(at).setHours(12, 0, 0, 0) - new Date().setHours(12, 0, 0, 0)) / 864e5);
  const clock = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const far = { weekday: 'long', day: 'numeric', month: 'long' };
  if (at.getFullYear() !== new Date().getFullYear()) far.year = 'numeric';
  const day = ['today', 'tomorrow'][days] || at.toLocaleDateString('en-GB', far);
  return element('strong', element('time', day + ', ' + clock, { datetime: at.toISOString() }));
}

function list(title, items) {
  if (!Array.isArray(items) || items.length === 0) return [];
  return [element('h2', title), element('ul', items.map(item => element('li', String(item))))];
}

function invite(invitation, wrong, before) {
  const { owner, computer, title, can, cannot, note, runsCode, asksName, approval } = invitation;
  const form = element('form', []);
  const input = element('input', [], {
    id: 'name', maxlength: '100', required: '', autocomplete: 'name', spellcheck: 'false', 'aria-describedby': 'name-hint',
  });
  if (asksName) {
    input.value = before;
    if (wrong) {
      form.append(element('p', words.nameMissing, { class: 'note', role: 'alert', id: 'problem' }));
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', 'problem name-hint');
    }
    const hint = element('span', fill(words.nameHint, invitation), { id: 'name-hint', class: 'quiet hint' });
    form.append(element('div', [element('label', 'Your name', { for: 'name' }), hint, input]));
  }
  if (approval) form.append(element('p', fill(words.approval, invitation)));
  form.append(element('button', 'Join'));
  form.addEventListener('submit', event => {
    event.preventDefault();
    const name = asksName ? input.value.trim() : '';
    if (asksName && name === '') invite(invitation, true, '');
    else join(invitation, name, null);
  });
  show(owner + ' shares “' + invitation.server + '” with you', [
    element('p', ['As ', element('strong', title), ', until ', moment(invitation.until), ' (your time).']),
    ...list('You can', can),
    ...list('You cannot', cannot),
    ...(runsCode ? [element('p', fill(words.runsCode, invitation), { class: 'caution' })] : []),
    ...(typeof note === 'string' && note !== '' ? [element('p', note, { class: 'quiet' })] : []),
    form,
    element('p', [fill(words.seen, invitation) + ' ', element('a', words.certificate,
      { href: '/_gatehouse/certificate', target: '_blank', rel: 'noopener' }), '.'], { class: 'quiet' }),
  ], 'Gatehouse on ' + computer);
  if (wrong) input.focus();
}

function look() {
  show(words.looking, []);
  void step('/look', { secret }, null, { 200: body => {
    if (body.state === 'open' && body.invitation) invite(body.invitation, false, '');
    else refuse(String(body.reason), null, look);
  } });
}

function join(invitation, name, ticket) {
  for (const made of view.querySelectorAll('button')) { made.disabled = true; made.textContent = 'Joining …'; }
  void step('', { secret, name, ticket }, invitation, {
    200: body => {
      const next = new URL(String(body.next), location.origin);
      location.replace(next.origin === location.origin ? next.href : '/');
    },
    202: body => wait(invitation, name, String(body.ticket), body.endsAt),
    403: body => {
      if (body.reason === 'name-missing' && invitation.asksName) invite(invitation, true, name);
      else refuse(String(body.reason), invitation, look);
    },
  });
}

function wait(invitation, name, ticket, endsAt) {
  const mine = ++turn;
  const status = element('p', fill(words.waiting.text, invitation), { role: 'status' });
  const until = element('p', ['An answer can come until ', moment(endsAt), ' (your time).'], { class: 'quiet' });
  show(fill(words.waiting.title, invitation), [status, until], 'Gatehouse on ' + invitation.computer);
  const later = seconds => setTimeout(() => { if (mine === turn) void poll(); }, seconds * 1000);
  async function poll() {
    let answer;
    try {
      answer = await ask('/wait', { ticket });
    } catch {
      if (mine === turn) { tell(words.waiting.lost); later(waitMs / 1000); }
      return;
    }
    if (mine !== turn) return;
    const { state } = answer.body;
    if (state === 'given') join(invitation, name, ticket);
    else if (state === 'denied') refuse('denied', invitation, look);
    else if (state === 'over') refuse('wait-over', invitation, look);
    else if (answer.status === 403) refuse(String(answer.body.reason), invitation, look);
    else { tell(state === 'waiting' ? words.waiting.text : words.waiting.lost); later(Math.max(waitMs / 1000, answer.seconds)); }
  }
  // A live region speaks at each change: only a new text is one.
  function tell(text) {
    const told = fill(text, invitation);
    if (status.textContent !== told) status.textContent = told;
  }
  later(waitMs / 1000);
}

/**
 * Also when somebody pastes the whole link into this tab: then only the fragment changes, and nothing loads.
 */
function begin() {
  // A mail program may have taken the full stop behind the link for a part of it.
  secret = location.hash.slice(1).replace(/[^\w-]+$/, '');
  history.replaceState(null, '', location.pathname);
  turn += 1;
  if (secret === '') show(words.half.title, words.half.text.map(text => element('p', text)));
  else look();
}

addEventListener('hashchange', () => { if (location.hash.length > 1) begin(); });
begin();
})();`;
