/**
 * What a guest sees of Gatehouse in the server's own pages: the role, until when, and the way out.
 *
 * Attack: the page around it. A server's content is hostile, and nothing in a page can be kept from it: so
 * this protects nothing and holds no secret, it only tells; the gateway decides. It leaves no name behind,
 * takes nothing from the page, and shows words as text.
 */
import { element } from './element.js';

const tag = 'gatehouse-guest';
const foldedKey = 'gatehouse-banner-folded';

class Banner {
  #host = document.createElement(tag);
  #root = this.#host.attachShadow({ mode: 'closed' });
  #text = element('span', '');
  #trouble = element('span', '', { role: 'status', class: 'quiet' });
  #leaveButton = element('button', 'Leave', { type: 'button', title: 'End your session in this browser' });
  #foldButton = element('button', '–', {
    type: 'button',
    class: 'fold',
    'aria-label': 'Make this small',
    title: 'Make this small',
  });
  #openButton = element('button', '', { type: 'button', 'aria-expanded': 'false' });
  #whole = element('div', [this.#text, this.#trouble, this.#leaveButton, this.#foldButton], {
    class: 'pill',
    role: 'region',
    'aria-label': 'Your session',
  });
  #small = element('div', this.#openButton, {
    class: 'pill folded',
    role: 'region',
    'aria-label': 'Your session',
  });
  #role = '';
  #outTitle = '';
  #timer = 0;
  #marking = 0;
  #done = false;

  start() {
    this.#addStyle();
    this.#foldButton.addEventListener('click', () => {
      this.#fold(true);
      remember('yes');
      this.#openButton.focus();
    });
    this.#openButton.addEventListener('click', () => {
      this.#fold(false);
      remember('no');
      this.#foldButton.focus();
    });
    this.#leaveButton.addEventListener('click', () => void this.#leave());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && !this.#done) void this.#look();
    });
    this.#watchTitle();
    void this.#look();
  }

  #addStyle() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(bannerStyle);
      this.#root.adoptedStyleSheets = [sheet];
    } catch {
      this.#root.append(element('style', bannerStyle));
    }
  }

  /** @param {boolean} isSmall */
  #fold(isSmall) {
    this.#whole.hidden = isSmall;
    this.#small.hidden = !isSmall;
  }

  async #leave() {
    this.#leaveButton.disabled = true;
    try {
      const answer = await fetch('/_gatehouse/leave', {
        method: 'POST',
        credentials: 'same-origin',
        cache: 'no-store',
      });
      if (!answer.ok && answer.status !== 401) throw new Error('refused');
      this.#stop();
      location.replace('/_gatehouse/left');
    } catch {
      this.#leaveButton.disabled = false;
      this.#trouble.textContent = 'That did not work. Try again.';
    }
  }

  /** Marks the title after the page has changed its own, but does not fight a page that keeps changing it. */
  #watchTitle() {
    const titles = new MutationObserver(() => {
      if (this.#marking !== 0) return;
      this.#marking = setTimeout(() => {
        this.#marking = 0;
        this.#markTitle();
      }, 200);
    });
    if (document.head !== null) {
      titles.observe(document.head, { subtree: true, childList: true, characterData: true });
    }
  }

  #markTitle() {
    if (this.#outTitle !== '' && document.title !== this.#outTitle) document.title = this.#outTitle;
    if (this.#role === '' || this.#done) return;
    const mark = `[${this.#role}]`;
    if (!document.title.startsWith(mark)) document.title = `${mark} ${document.title}`.trim();
  }

  /** @param {import('./given.ts').ShownSession} me */
  #tell(me) {
    this.#role = (me.title || me.role || 'Guest').slice(0, 40);
    const label = this.#role + clock(me.until);
    if (this.#text.textContent !== label) this.#text.textContent = label;
    this.#text.title = `You are here as a guest${me.name ? `, as ${me.name.slice(0, 100)}` : ''}`;
    this.#openButton.textContent = this.#role;
    this.#openButton.setAttribute('aria-label', `${this.#role}: show your session`);
    if (!this.#root.contains(this.#whole)) {
      this.#root.append(this.#whole, this.#small);
      this.#fold(recall());
    }
    this.#trouble.textContent = '';
    if (!this.#host.isConnected) document.documentElement.append(this.#host);
    this.#markTitle();
  }

  #stop() {
    this.#done = true;
    clearTimeout(this.#timer);
  }

  /** @param {string} reason */
  #tellOut(reason) {
    this.#stop();
    const { out, unsaved } = bannerWords;
    const said = (Object.hasOwn(out, reason) ? out[reason] : undefined) ?? out.unknown;
    const heading = element('h1', said.title, { tabindex: '-1' });
    this.#whole.remove();
    this.#small.remove();
    this.#root.append(
      element('main', [
        element('p', 'Gatehouse', { class: 'brand quiet' }),
        heading,
        element('p', said.text),
        element('p', unsaved, { class: 'quiet' }),
      ]),
    );
    this.#host.className = 'out';
    // What the server showed is not for this person any more; nor should it answer to keys behind the words.
    if (document.body !== null) {
      document.body.replaceChildren();
      document.body.inert = true;
    }
    document.documentElement.append(this.#host);
    this.#outTitle = said.title;
    this.#markTitle();
    heading.focus();
  }

  async #look() {
    clearTimeout(this.#timer);
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch('/_gatehouse/me', { credentials: 'same-origin', cache: 'no-store', signal });
      const body = await answer.json().catch(() => ({}));
      if (this.#done) return;
      if (answer.status === 401) return this.#tellOut(String(body.reason));
      if (answer.status === 200) this.#tell(body);
    } catch {
      if (!this.#done) this.#trouble.textContent = '· the connection is lost';
    }
    if (this.#done) return;
    // A slow answer does not pile up looks, and a page that nobody sees looks seldom.
    clearTimeout(this.#timer);
    const delayMs = (document.hidden ? 30_000 : 4000) + Math.random() * 2000;
    this.#timer = setTimeout(() => void this.#look(), delayMs);
  }
}

/** @param {string} value */
function remember(value) {
  try {
    sessionStorage.setItem(foldedKey, value);
  } catch {
    // Then it is not remembered.
  }
}

function recall() {
  try {
    return sessionStorage.getItem(foldedKey) === 'yes';
  } catch {
    return false;
  }
}

/** @param {string} iso */
function clock(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const isToday = at.toDateString() === new Date().toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const near = { hour: '2-digit', minute: '2-digit' };
  /** @type {Intl.DateTimeFormatOptions} */
  const far = { ...near, day: 'numeric', month: 'short' };
  return ` · until ${at.toLocaleString('en-GB', isToday ? near : far)}`;
}

if (top === self && document.querySelector(tag) === null) new Banner().start();
