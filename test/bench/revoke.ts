/*
 * How long a link that is taken back goes on: from the call until its last socket is closed, as its guests
 * see it, among many others who are idle.
 */
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { NewShareLink } from '../../src/shared/share-model.ts';
import { makeHome, serve, toolUrl, type Served } from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';

export interface Revocations {
  /** Milliseconds from the call until the last socket of the link was closed; one a round. */
  readonly cut: readonly number[];
  /** Until the call was answered: the ledger is on the disk. */
  readonly answered: readonly number[];
  /** Sockets of one link, and guests of the others. */
  readonly sockets: number;
  readonly others: number;
  /** The owner's requests during it, and the slowest of them. */
  readonly ownerSlowest: readonly number[];
}

interface Held {
  readonly socket: Socket;
  readonly closed: Promise<number>;
}

/** Connections to one link, by guests of so many connections each: it lets in 120 guests at once. */
const each = 499;
const connectionsOfGuest = 5;

/**
 * @param rounds how many links are taken back, of `each` guests @param others idle guests of further links
 */
export async function measureRevocations(
  rounds: number,
  others: number,
  say: (text: string) => void,
): Promise<Revocations> {
  const home = await makeHome();
  try {
    const server = join(import.meta.dirname, 'upstream.ts');
    const served = await serve(home, '--secrets', 'memory', '--', process.execPath, server, '{port}');
    const core = await home.client();
    const authority = (await core.call('authority.info')).pem;
    say(`${others} idle guests`);
    const idle: Held[] = [];
    for (let made = 0; made < others; made += each) {
      idle.push(
        ...(await connectionLimiter(await makeLink(core, served), authority, Math.min(each, others - made))),
      );
    }
    const cut: number[] = [];
    const answered: number[] = [];
    const ownerSlowest: number[] = [];
    let sockets = 0;
    for (let round = 0; round < rounds; round++) {
      const link = await makeLink(core, served);
      const held = [
        ...(await connectionLimiter(link, authority, each)),
        ...(await webSockets(link, authority, 50)),
      ];
      sockets = held.length;
      const owner = await watchOwner(served);
      const begun = performance.now();
      const call = core.call('share.revoke', link.id).then(() => performance.now() - begun);
      cut.push(Math.max(...(await Promise.all(held.map(({ closed }) => closed)))) - begun);
      answered.push(await call);
      ownerSlowest.push(await owner.stop());
      say(`round ${round + 1}: ${cut.at(-1)?.toFixed(1)} ms`);
    }
    const left = idle.filter(({ socket }) => socket.destroyed).length;
    if (left > 0) throw new Error(`${left} guests of other links were cut as well.`);
    for (const { socket } of idle) socket.destroy();
    core.close();
    served.child.kill('SIGTERM');
    await served.ended;
    return { cut, answered, sockets, others, ownerSlowest };
  } finally {
    await home[Symbol.asyncDispose]();
  }
}

function makeLink(core: CoreClient, served: Served): Promise<NewShareLink> {
  return core.call('share.create', {
    server: served.server.id,
    role: 'full',
    label: 'bench',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
    acknowledged: true,
  });
}

/** Connections of guests who have come in, have asked once on each, and keep them. */
async function connectionLimiter(link: NewShareLink, authority: string, count: number): Promise<Held[]> {
  const held: Held[] = [];
  while (held.length < count) {
    const wanted = Math.min(50, count - held.length);
    const guests = Array.from({ length: Math.ceil(wanted / connectionsOfGuest) }, () =>
      makeGuest(link, authority),
    );
    const some = await Promise.all(guests.map(guest => enter(guest, authority)));
    held.push(...some.flat());
  }
  return held;
}

let addresses = 0;

/** At an address of its own: from one address only so many come in at once. */
function makeGuest(link: NewShareLink, authority: string): GuestClient {
  addresses += 1;
  const localAddress = `127.0.${1 + Math.floor(addresses / 250)}.${1 + (addresses % 250)}`;
  return new GuestClient(link.url, authority, { localAddress });
}

async function enter(guest: GuestClient, authority: string): Promise<Held[]> {
  await guest.join();
  return Promise.all(Array.from({ length: connectionsOfGuest }, () => connection(guest, authority)));
}

async function connection(guest: GuestClient, authority: string): Promise<Held> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority });
  const asked = request(new URL('/small', guest.origin), { agent, headers: { cookie: guest.cookie } });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
  answer.resume();
  if (answer.statusCode !== 200) throw new Error(`A guest was answered ${answer.statusCode}.`);
  await once(answer, 'end');
  return hold(asked.socket as Socket);
}

function hold(socket: Socket): Held {
  socket.on('error', () => {});
  return { socket, closed: once(socket, 'close').then(() => performance.now()) };
}

/** Of one more guest; half of them in the middle of a message. */
async function webSockets(link: NewShareLink, authority: string, count: number): Promise<Held[]> {
  const guest = makeGuest(link, authority);
  await guest.join();
  return Promise.all(
    Array.from({ length: count }, async (_none, at) => {
      const socket: WebSocket = guest.socket('/echo');
      socket.on('error', () => {});
      await once(socket, 'open');
      if (at % 2 === 0) socket.send(Buffer.alloc(100_000), { fin: false });
      // oxlint-disable-next-line no-underscore-dangle -- ws has no other way to its socket
      return hold((socket as unknown as { _socket: Socket })._socket);
    }),
  );
}

/** Asks as the owner, one after the other, until it is told to stop; answers with the slowest. */
async function watchOwner(served: Served): Promise<{ stop(): Promise<number> }> {
  const headers = { authorization: `Bearer ${await served.token()}` };
  const state = { going: true, slowest: 0 };
  const work = (async () => {
    do {
      const begun = performance.now();
      const answer = await fetch(`${toolUrl(served.server)}small`, { headers });
      await answer.text();
      if (answer.status !== 200) throw new Error(`The owner was answered ${answer.status}.`);
      state.slowest = Math.max(state.slowest, performance.now() - begun);
      await delay(5);
    } while (state.going);
  })();
  return {
    async stop() {
      state.going = false;
      await work;
      return state.slowest;
    },
  };
}
