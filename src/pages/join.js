/**
 * Runs in the page that a share link opens. It reads the link's secret from the fragment, which no log and no
 * Referer ever holds, takes it out of the address bar and the history, and keeps it in this page's memory
 * alone.
 *
 * Attacks: words of the owner's that are markup (only `textContent` is set, and the page's policy asks for
 * trusted types, of which it makes none); an answer that leads elsewhere (`next` has to lie on this origin);
 * a preview robot (nothing is asked before a script runs, and looking uses nothing up).
 */
import { element } from './element.js';
import { button, list, moment, show, showJoining } from './join-view.js';

/** @typedef {import('./given.ts').ShownInvitation} Invitation */
/** @typedef {import('./given.ts').JoinBody} Body */
/** @typedef {Readonly<Record<number, (body: Body) => void>>} Handlers */

const path = location.pathname.replace(/\/+$/, '');
const pollMs = 2000;
let secret = '';
/** Counts the steps: an answer to an earlier one is ignored. */
let turn = 0;

/**
 * @param {string} text
 * @param {Invitation | null} invitation
 */
function fill(text, invitation) {
  const filled = text.replaceAll('{owner}', () => invitation?.owner ?? 'the owner');
  return invitation === null ? filled.replace(/^the owner/, 'The owner') : filled;
}

/**
 * @param {unknown} reason
 * @param {Invitation | null} invitation
 */
function refuse(reason, invitation) {
  const words = Object.hasOwn(joinWords.refusals, String(reason)) && joinWords.refusals[String(reason)];
  if (!words) return showUnexpected(403, look);
  const texts = words.text.map(text => element('p', fill(text, invitation)));
  const retry = words.again ? [button('Try again', look)] : [];
  show(fill(words.title, invitation), [...texts, ...retry]);
}

/**
 * @param {string} title
 * @param {readonly string[]} texts
 * @param {() => void} again
 * @param {number} [seconds] until the button can be pressed
 */
function showProblem(title, texts, again, seconds = 0) {
  const retry = button('Try again', again);
  if (seconds > 0) {
    retry.disabled = true;
    setTimeout(() => {
      retry.disabled = false;
    }, seconds * 1000);
  }
  show(title, [...texts.map(text => element('p', text)), retry]);
}

/**
 * @param {number} status
 * @param {() => void} again
 */
function showUnexpected(status, again) {
  showProblem(joinWords.odd.title, [joinWords.odd.text.replace('{status}', String(status))], again);
}

/**
 * @param {string} part
 * @param {object} asked
 */
async function ask(part, asked) {
  const answer = await fetch(path + part, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(asked),
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
  });
  /** @type {Body | null} */
  const json = await answer.json().catch(() => null);
  const seconds = Math.min(Math.max(Number(answer.headers.get('Retry-After')) || 1, 1), 3600);
  return { status: answer.status, seconds, body: json !== null && typeof json === 'object' ? json : {} };
}

/**
 * Takes one step and hands its answer on; shows every answer that has no handler.
 *
 * @param {string} part
 * @param {object} asked
 * @param {Invitation | null} invitation
 * @param {Handlers} handlers
 */
async function step(part, asked, invitation, handlers) {
  const mine = ++turn;
  const again = () => void step(part, asked, invitation, handlers);
  let answer;
  try {
    answer = await ask(part, asked);
  } catch {
    if (mine === turn) showProblem(joinWords.unreachable.title, joinWords.unreachable.text, again);
    return;
  }
  if (mine !== turn) return;
  const { status, seconds, body } = answer;
  const handle = Object.hasOwn(handlers, status) ? handlers[status] : undefined;
  if (handle !== undefined) handle(body);
  else if (status === 403) refuse(body.reason, invitation);
  else if (status === 429) showTooMany(seconds, again);
  else if (status === 503) showNotNow(body.message, again);
  else showUnexpected(status, again);
}

/**
 * @param {number} seconds
 * @param {() => void} again
 */
function showTooMany(seconds, again) {
  const wait = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  showProblem(joinWords.tooMany.title, [joinWords.tooMany.text.replace('{wait}', wait)], again, seconds);
}

/**
 * @param {unknown} message
 * @param {() => void} again
 */
function showNotNow(message, again) {
  const said = typeof message === 'string' && message !== '' ? [message] : [];
  showProblem(joinWords.notNow.title, [...said, ...joinWords.notNow.text], again);
}

/**
 * The field for the name, with its label.
 *
 * @param {Invitation} invitation
 * @param {boolean} wrong
 */
function nameField(invitation, wrong) {
  const input = element('input', [], {
    id: 'name',
    maxlength: '100',
    required: '',
    autocomplete: 'name',
    spellcheck: 'false',
    'aria-describedby': wrong ? 'problem name-hint' : 'name-hint',
    ...(wrong ? { 'aria-invalid': 'true' } : {}),
  });
  const hint = element('span', fill(joinWords.nameHint, invitation), {
    id: 'name-hint',
    class: 'quiet hint',
  });
  return { input, field: element('div', [element('label', 'Your name', { for: 'name' }), hint, input]) };
}

/**
 * @param {Invitation} invitation
 * @param {boolean} wrong the name was missing
 * @param {string} before what stood in the field
 */
function invite(invitation, wrong, before) {
  const { asksName, approval } = invitation;
  const { input, field } = nameField(invitation, wrong);
  input.value = before;
  const alert = element('p', joinWords.nameMissing, { class: 'note', role: 'alert', id: 'problem' });
  const form = element('form', [
    ...(asksName && wrong ? [alert] : []),
    ...(asksName ? [field] : []),
    ...(approval ? [element('p', fill(joinWords.approval, invitation))] : []),
    element('button', 'Join'),
  ]);
  form.addEventListener('submit', event => {
    event.preventDefault();
    const name = asksName ? input.value.trim() : '';
    if (asksName && name === '') invite(invitation, true, '');
    else join(invitation, name, null);
  });
  show(
    `${invitation.owner} shares “${invitation.server}” with you`,
    [...terms(invitation), form, seen(invitation)],
    `Gatehouse on ${invitation.computer}`,
  );
  if (wrong) input.focus();
}

/**
 * What the guest may do, until when, and at whose risk.
 *
 * @param {Invitation} invitation
 */
function terms(invitation) {
  const { title, can, cannot, note, runsCode, until } = invitation;
  return [
    element('p', ['As ', element('strong', title), ', until ', moment(until), ' (your time).']),
    ...list('You can', can),
    ...list('You cannot', cannot),
    ...(runsCode ? [element('p', fill(joinWords.runsCode, invitation), { class: 'caution' })] : []),
    ...(typeof note === 'string' && note !== '' ? [element('p', note, { class: 'quiet' })] : []),
  ];
}

/** @param {Invitation} invitation */
function seen(invitation) {
  const link = { href: '/_gatehouse/certificate', target: '_blank', rel: 'noopener' };
  const text = `${fill(joinWords.seen, invitation)} `;
  return element('p', [text, element('a', joinWords.certificate, link), '.'], { class: 'quiet' });
}

function look() {
  show(joinWords.looking, []);
  void step('/look', { secret }, null, {
    200: body => {
      if (body.state === 'open' && body.invitation) {
        invite(body.invitation, false, '');
      } else refuse(body.reason, null);
    },
  });
}

/**
 * @param {Invitation} invitation
 * @param {string} name
 * @param {string | null} ticket
 */
function join(invitation, name, ticket) {
  showJoining();
  void step('', { secret, name, ticket }, invitation, {
    200: body => {
      const next = new URL(String(body.next), location.origin);
      location.replace(next.origin === location.origin ? next.href : '/');
    },
    202: body => wait(invitation, name, String(body.ticket), String(body.endsAt)),
    403: body => {
      if (body.reason === 'name-missing' && invitation.asksName) invite(invitation, true, name);
      else refuse(body.reason, invitation);
    },
  });
}

/**
 * @param {Invitation} invitation
 * @param {string} name
 * @param {string} ticket
 * @param {string} endsAt
 */
function wait(invitation, name, ticket, endsAt) {
  const { waiting } = joinWords;
  const mine = ++turn;
  const status = element('p', fill(waiting.text, invitation), { role: 'status' });
  const until = element('p', ['An answer can come until ', moment(endsAt), ' (your time).'], {
    class: 'quiet',
  });
  show(fill(waiting.title, invitation), [status, until], `Gatehouse on ${invitation.computer}`);
  // A live region speaks at each change: only a new text is one.
  const tell = (/** @type {string} */ text) => {
    const told = fill(text, invitation);
    if (status.textContent !== told) status.textContent = told;
  };
  const pollLater = (/** @type {number} */ ms) =>
    setTimeout(() => {
      if (mine === turn) void poll();
    }, ms);
  const poll = async () => {
    const answer = await ask('/wait', { ticket }).catch(() => null);
    if (mine !== turn) return;
    const state = answer?.body.state;
    if (state === 'given') join(invitation, name, ticket);
    else if (state === 'denied') refuse('denied', invitation);
    else if (state === 'over') refuse('wait-over', invitation);
    else if (answer?.status === 403) refuse(answer.body.reason, invitation);
    else {
      tell(state === 'waiting' ? waiting.text : waiting.lost);
      pollLater(Math.max(pollMs, (answer?.seconds ?? 0) * 1000));
    }
  };
  pollLater(pollMs);
}

/** Runs too when somebody pastes the whole link into this tab: only the fragment changes, and nothing loads. */
function begin() {
  // A mail program may have taken the full stop behind the link for a part of it.
  secret = location.hash.slice(1).replace(/[^\w-]+$/, '');
  history.replaceState(null, '', location.pathname);
  turn += 1;
  const { half } = joinWords;
  if (secret === '')
    show(
      half.title,
      half.text.map(text => element('p', text)),
    );
  else look();
}

addEventListener('hashchange', () => {
  if (location.hash.length > 1) begin();
});
begin();
