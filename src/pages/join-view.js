import { byId, element } from './element.js';

const view = byId('view');

/**
 * Shows one step of joining in place of the one before.
 *
 * @param {string} title
 * @param {readonly (string | Node)[]} parts
 * @param {string} [quiet]
 */
export function show(title, parts, quiet = 'Gatehouse') {
  const heading = element('h1', title, { tabindex: '-1' });
  view.replaceChildren(element('p', quiet, { class: 'quiet' }), heading, ...parts);
  document.title = `${title} · Gatehouse`;
  heading.focus();
}

/**
 * @param {string} label
 * @param {() => void} act
 */
export function button(label, act) {
  const made = element('button', label, { type: 'button' });
  made.addEventListener('click', act);
  return made;
}

/** Nobody presses a button twice while the answer is awaited. */
export function showJoining() {
  for (const made of view.querySelectorAll('button')) {
    made.disabled = true;
    made.textContent = 'Joining …';
  }
}

/**
 * @param {string} title
 * @param {readonly string[]} items
 */
export function list(title, items) {
  if (!Array.isArray(items) || items.length === 0) return [];
  const rows = items.map(item => element('li', String(item)));
  return [element('h2', title), element('ul', rows)];
}

/**
 * A moment in the time zone of this device.
 *
 * @param {string} iso
 */
export function moment(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return element('strong', 'an unknown time');
  const days = Math.round((new Date(at).setHours(12, 0, 0, 0) - new Date().setHours(12, 0, 0, 0)) / 864e5);
  const clock = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  /** @type {Intl.DateTimeFormatOptions} */
  const far = { weekday: 'long', day: 'numeric', month: 'long' };
  if (at.getFullYear() !== new Date().getFullYear()) far.year = 'numeric';
  const day = ['today', 'tomorrow'][days] ?? at.toLocaleDateString('en-GB', far);
  return element('strong', element('time', `${day}, ${clock}`, { datetime: at.toISOString() }));
}
