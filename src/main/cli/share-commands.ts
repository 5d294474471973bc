/** The commands of sharing. What they answer is the contract's, what they print is `share-texts.ts`. */
import type { Role, ServerInfo } from '../../shared/model.ts';
import type { NewShareLink, SharePreview } from '../../shared/sharing.ts';
import type { CoreClient } from '../control/core-client.ts';
import { seconds } from '../core/duration.ts';
import type { CommandContext } from './command-context.ts';
import { keys } from './key-commands.ts';
import { matchId, matchServer } from './match.ts';
import { printValue, say, type Output } from './print.ts';
import { qrText } from './qr.ts';
import type { ShareActions, ShareOptions } from './share-program.ts';
import {
  linksText,
  newLinkText,
  peopleText,
  previewText,
  revokedText,
  takenText,
  warningText,
} from './share-texts.ts';
import { usage } from './target.ts';
import { withCore } from './with-core.ts';

export function sharing(deps: CommandContext): ShareActions {
  return { ...links(deps), ...people(deps), ...keys(deps) };
}

function links(deps: CommandContext): Pick<ShareActions, 'share' | 'links' | 'revoke'> {
  const { output, reach } = deps;
  return {
    share: (id, options) =>
      withCore(reach.running(), async core => {
        const server = theShared(await core.call('server.list'), id);
        if (options.off === true) {
          printValue(output, await core.call('share.stop', server.id), takenText);
          return;
        }
        printValue(output, await makeLink(deps, core, server, options), link =>
          linkText(output, link, options),
        );
      }),
    links: ({ all }) =>
      withCore(reach.reading(), async core => {
        const every = await core.call('share.links');
        const shown = all === true ? every : every.filter(({ state }) => state === 'open');
        printValue(output, shown, value => linksText(value, Date.now()));
      }),
    revoke: given =>
      withCore(reach.reading(), async core => {
        const links = await core.call('share.links');
        const known = links.map(({ id }) => id);
        const ids = new Set(given.map(one => matchId(known, one, 'share link', 'gatehouse links --all')));
        const before = new Set(links.flatMap(({ id, state }) => (state === 'revoked' ? [id] : [])));
        const taken = await Promise.all(
          [...ids].filter(id => !before.has(id)).map(id => core.call('share.revoke', id)),
        );
        const sessions = taken.reduce((sum, one) => sum + one.sessions, 0);
        printValue(output, { links: [...ids], sessions }, value => revokedText(value, before));
      }),
  };
}

async function makeLink(
  deps: CommandContext,
  core: CoreClient,
  server: ServerInfo,
  options: ShareOptions,
): Promise<NewShareLink> {
  const { output } = deps;
  const role = roleOf(options.role);
  const request = {
    server: server.id,
    role,
    expiresSeconds: seconds(options.expires ?? '1d'),
    uses: usesOf(options.uses),
    approval: options.approve === true,
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    ...(options.send === undefined ? {} : { send: listed(options.send) }),
    ...(options.receive === undefined ? {} : { receive: listed(options.receive) }),
  };
  const preview = await core.call('share.preview', request);
  const offered = preview.roles.some(one => one.role === role);
  // What it would mean is of no interest where it cannot be.
  const ownTypes = options.send !== undefined || options.receive !== undefined;
  if (offered) say(output, previewText(preview, role, ownTypes));
  if (offered) for (const warning of preview.warnings) say(output, warningText(warning));
  // The core says why, and which roles there are.
  const acknowledged =
    !offered || !preview.needsAcknowledgement || (await isAcknowledged(deps, preview, options));
  const day = new Date().toISOString().slice(0, 10);
  const label = options.for ?? `whoever gets it, ${day}`;
  return core.call('share.create', {
    ...request,
    label,
    group: options.group ?? null,
    opens: options.open ?? null,
    acknowledged,
  });
}

async function isAcknowledged(
  { ask, output }: CommandContext,
  preview: SharePreview,
  options: ShareOptions,
): Promise<boolean> {
  if (options.yes === true) return true;
  if (ask === null || output.json) return false;
  const answer = await ask(`Share "${preview.serverName}" all the same? Type yes: `);
  return answer.trim().toLowerCase() === 'yes';
}

function roleOf(role: string | undefined): Role {
  if (role === 'viewer' || role === 'editor' || role === 'full') return role;
  throw usage(
    'A link needs a role: what its holder may do',
    'Add --role viewer, --role editor or --role full.',
  );
}

/** An empty text is an empty list: nothing may be sent. */
function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '');
}

function usesOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const uses = Number(text);
  if (/^\d{1,7}$/.test(text) && uses >= 1) return uses;
  throw usage(
    `--uses ${text.slice(0, 40)} is no number of uses`,
    'Give a whole number from 1 on, or leave it out.',
  );
}

function linkText(output: Output, link: NewShareLink, options: ShareOptions): string {
  const isScreen = 'isTTY' in output.out && output.out.isTTY === true;
  const text = newLinkText(link, Date.now());
  if (options.qr === false || (!isScreen && options.qr !== true) || output.json) return text;
  // Not through the printer that makes control characters visible.
  output.out.write(`${qrText(link.url, isScreen && process.env['NO_COLOR'] === undefined)}\n`);
  return text;
}

function people({ output, reach }: CommandContext): Pick<ShareActions, 'people' | 'kick' | 'admit' | 'deny'> {
  const answer = (given: string, allow: boolean): Promise<void> =>
    withCore(reach.running(), async core => {
      const waiting = await core.call('share.waiting');
      const id = matchId(
        waiting.map(one => one.id),
        given,
        'guest who waits',
        'gatehouse people',
      );
      await core.call('share.answer', id, { allow });
      const name = waiting.find(one => one.id === id)?.name ?? '';
      printValue(
        output,
        { waiting: id, allowed: allow },
        () => `${name} is ${allow ? 'let in' : 'not let in'}.`,
      );
    });
  return {
    people: () =>
      withCore(reach.reading(), async core => {
        const inside = await core.call('share.people');
        const waiting = await core.call('share.waiting');
        const value = inside.map(person => ({ ...person, state: 'in' as const }));
        const queue = waiting.map(one => ({ ...one, state: 'waiting' as const }));
        printValue(output, [...value, ...queue], () => peopleText(inside, waiting, Date.now()));
      }),
    kick: given =>
      withCore(reach.running(), async core => {
        const known = (await core.call('share.people')).map(({ session }) => session);
        const session = matchId(known, given, 'visit', 'gatehouse people');
        const taken = await core.call('share.kick', session);
        printValue(output, taken, () => `Visit ${session} has ended; its link still works.`);
      }),
    admit: given => answer(given, true),
    deny: given => answer(given, false),
  };
}

/** The server that is meant; the only one that runs when none is named. */
function theShared(servers: readonly ServerInfo[], id: string | undefined): ServerInfo {
  if (id !== undefined) return matchServer(servers, id);
  const running = servers.filter(({ state }) => !['stopped', 'failed'].includes(state));
  const [only, another] = running;
  if (only !== undefined && another === undefined) return only;
  throw usage('No server is named', 'Give the id of a server; `gatehouse list` shows them.');
}
