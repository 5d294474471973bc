/* What has been answered, and so has to be true. */
import { setTimeout as delay } from 'node:timers/promises';
import { GuestClient } from '../support/guest.ts';
import type { SoakCore } from './soak-core.ts';

type LinkState =
  | 'live'
  /** It was asked for, and not answered: either is true until somebody looks. */
  | 'unsure'
  | 'revoked';

interface ModelLink {
  readonly id: string;
  readonly url: string;
  state: LinkState;
}

interface Visit {
  /** Unlike any other. */
  readonly name: string;
  readonly guest: GuestClient;
  readonly link: ModelLink;
  state: 'in' | 'unsure' | 'out';
}

export interface Figures {
  made: number;
  joins: number;
  requests: number;
  revoked: number;
  kicked: number;
  kills: number;
  auditLines: number;
}

/** So many live links, and visits that are looked after. */
const maxLinks = 12;
const maxVisits = 60;

export class ShareModel {
  readonly figures: Figures = {
    made: 0,
    joins: 0,
    requests: 0,
    revoked: 0,
    kicked: 0,
    kills: 0,
    auditLines: 0,
  };
  readonly #core: SoakCore;
  readonly #links: ModelLink[] = [];
  readonly #visits: Visit[] = [];
  #joins = 0;

  constructor(core: SoakCore) {
    this.#core = core;
  }

  /** So many hands at once, until the core is gone. A fault while it is up is thrown. */
  async work(hands: number): Promise<void> {
    await Promise.all(Array.from({ length: hands }, () => this.#hand()));
  }

  async #hand(): Promise<void> {
    while (this.#core.up) {
      const [what, act] = this.#something();
      try {
        await act();
      } catch (error) {
        // What is in the air when the core is killed fails; give the news of it time to arrive.
        await delay(200);
        if (this.#core.up) throw new Error(`${what} failed`, { cause: error });
      }
    }
  }

  #something(): readonly [what: string, act: () => Promise<void>] {
    const live = this.#links.filter(({ state }) => state === 'live');
    const inside = this.#visits.filter(({ state }) => state === 'in');
    const chance = Math.random();
    const link = pick(live);
    const visit = pick(inside);
    if (link === undefined || (chance < 0.1 && live.length < maxLinks)) return ['making', () => this.#make()];
    if (visit === undefined || (chance < 0.3 && inside.length < maxVisits))
      return ['joining', () => this.#join(link)];
    if (chance < 0.37) return ['taking back', () => this.#revoke(link)];
    if (chance < 0.42) return ['ending', () => this.#kick(visit)];
    return ['asking', () => this.#ask(visit)];
  }

  async #make(): Promise<void> {
    const link = await this.#core.client.call('share.create', {
      server: this.#core.server,
      role: 'full',
      label: 'soak',
      expiresSeconds: 86_400,
      uses: null,
      approval: false,
      listen: '127.0.0.1',
      acknowledged: true,
    });
    this.#links.push({ id: link.id, url: link.url, state: 'live' });
    this.figures.made += 1;
  }

  async #join(link: ModelLink): Promise<void> {
    this.#joins += 1;
    // Joins are limited by address.
    const localAddress = `127.0.0.${1 + (this.#joins % 200)}`;
    const guest = new GuestClient(link.url, this.#core.authority, { localAddress });
    const name = `soak ${this.#joins}`;
    const reply = await guest.join(name).catch((error: unknown) => {
      if (link.state === 'live') throw error;
      return { status: 403, body: '' };
    });
    if (reply.status === 403 && link.state !== 'live') return;
    if (reply.status !== 200) throw new Error(`A live link was answered ${reply.status}: ${reply.body}`);
    this.#visits.push({ name, guest, link, state: link.state === 'live' ? 'in' : 'unsure' });
    this.figures.joins += 1;
  }

  async #revoke(link: ModelLink): Promise<void> {
    link.state = 'unsure';
    const visits = this.#visits.filter(visit => visit.link === link && visit.state === 'in');
    for (const visit of visits) visit.state = 'unsure';
    await this.#core.client.call('share.revoke', link.id);
    link.state = 'revoked';
    for (const visit of this.#visits) if (visit.link === link) visit.state = 'out';
    this.figures.revoked += 1;
    await this.#mustBeOut(link);
  }

  async #kick(visit: Visit): Promise<void> {
    const people = await this.#core.client.call('share.people');
    const session = people.find(({ name }) => name === visit.name)?.session;
    if (session === undefined || visit.state !== 'in') return;
    visit.state = 'unsure';
    await this.#core.client.call('share.kick', session).catch((error: unknown) => {
      // Another hand was faster.
      if (!(error instanceof Error && error.message.includes('There is no guest session'))) throw error;
    });
    visit.state = 'out';
    this.figures.kicked += 1;
    const { status } = await visit.guest.page('/small').catch(() => ({ status: 401 }));
    if (!isOut(status)) throw new Error(`A visit that was ended was answered ${status}.`);
  }

  async #ask(visit: Visit): Promise<void> {
    // One that another hand ends just now is cut.
    const { status } = await visit.guest.page('/small').catch((error: unknown) => {
      if (visit.state === 'in') throw error;
      return { status: 0 };
    });
    if (visit.state === 'in' && status !== 200) throw new Error(`A visit was answered ${status}.`);
    this.figures.requests += 1;
  }

  async #mustBeOut(link: ModelLink): Promise<void> {
    const guest = new GuestClient(link.url, this.#core.authority);
    // With the last link the listener ends, too.
    const look = await guest.look().catch(() => ({ status: 403, body: '' }));
    if (look.status !== 403)
      throw new Error(`A link that was taken back was answered ${look.status}: ${look.body}`);
    for (const visit of this.#visits.filter(one => one.link === link)) {
      const { status } = await visit.guest.page('/small').catch(() => ({ status: 401 }));
      if (!isOut(status)) throw new Error(`A visit of a link that was taken back was answered ${status}.`);
    }
  }

  /** After the core has come back. */
  async check(): Promise<void> {
    this.figures.kills += 1;
    const { client } = this.#core;
    const known = new Map((await client.call('share.links')).map(link => [link.id, link.state]));
    for (const link of this.#links) {
      const state = known.get(link.id);
      if (link.state === 'unsure') link.state = state === 'open' ? 'live' : 'revoked';
      const wanted = link.state === 'live' ? 'open' : 'revoked';
      if (state !== wanted) throw new Error(`Link ${link.id} is ${state}, and was ${link.state}.`);
    }
    for (const visit of this.#visits) {
      if (visit.state === 'unsure' && visit.link.state === 'revoked') visit.state = 'out';
    }
    const listeners = await client.call('share.listeners');
    const elsewhere = listeners.find(({ listen }) => listen !== '127.0.0.1');
    if (elsewhere !== undefined) throw new Error(`It listens at ${elsewhere.listen} now.`);
    const listens = listeners.length > 0;
    if (listens) await this.#askEverybody();
    const report = await client.call('audit.verify');
    if (!report.whole) throw new Error(`The audit log is broken: ${report.faults.join(' ')}`);
    this.figures.auditLines = report.lines;
    this.#forget();
  }

  async #askEverybody(): Promise<void> {
    for (const link of this.#links.filter(({ state }) => state === 'revoked').slice(-20))
      await this.#mustBeOut(link);
    for (const link of this.#links.filter(({ state }) => state === 'live')) {
      const look = await new GuestClient(link.url, this.#core.authority).look();
      if (look.status !== 200) throw new Error(`A live link is lost: ${look.status} ${look.body}`);
    }
    for (const visit of this.#visits) {
      const { status } = await visit.guest.page('/small');
      if (visit.state === 'in' && status !== 200) throw new Error(`A visit is lost: ${status}`);
      if (visit.state === 'out' && !isOut(status))
        throw new Error(`A visit that had ended is back: ${status}`);
      if (visit.state === 'unsure') visit.state = status === 200 ? 'in' : 'out';
    }
  }

  /** Of what is over, the last few stay to be asked again. */
  #forget(): void {
    const over = this.#visits.filter(({ state }) => state === 'out');
    for (const visit of over.slice(0, -40)) this.#visits.splice(this.#visits.indexOf(visit), 1);
  }
}

/** 429: so many are refused from one address that the refusals are counted. */
function isOut(status: number): boolean {
  return status === 401 || status === 429;
}

function pick<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(Math.random() * values.length)];
}
