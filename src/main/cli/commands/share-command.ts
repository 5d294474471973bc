import { Option, type Command } from 'commander';
import type { Role, ServerInfo } from '../../../shared/model.ts';
import { isOver } from '../../../shared/server-state.ts';
import type { NewShareLink, SharePreview, SharePreviewRequest } from '../../../shared/share-model.ts';
import type { CoreClient } from '../../control/core-client.ts';
import { seconds } from '../../core/duration.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { printValue, say, type Output } from '../print.ts';
import { qrText } from '../qr.ts';
import { revokedText } from '../revoked-text.ts';
import { newLinkText, previewText, warningText } from '../share-texts.ts';
import { usage } from '../target.ts';
import { withCore } from '../with-core.ts';

interface ShareOptions {
  readonly role?: string;
  readonly expires?: string;
  readonly uses?: string;
  readonly approve?: boolean;
  readonly for?: string;
  readonly group?: string;
  readonly listen?: string;
  readonly open?: string;
  readonly send?: string;
  readonly receive?: string;
  readonly yes?: boolean;
  readonly off?: boolean;
  readonly qr?: boolean;
}

/** Options of a new link, which `--off` does not go with. */
const linkOptions = [
  'role',
  'expires',
  'uses',
  'approve',
  'for',
  'group',
  'open',
  'listen',
  'send',
  'receive',
];

export function shareCommand(program: Command, context: ContextOf): void {
  const command = program.command('share').description('make a share link for a guest, or stop sharing');
  withExamples(command, [
    ['gatehouse share my-lab --role viewer', 'a link for reading, for one day'],
    ['gatehouse share my-lab --role editor --expires 2h --uses 1', 'one guest, for two hours'],
    ['gatehouse share my-lab --role viewer --approve', 'you let each guest in'],
    ['gatehouse share my-lab --off', 'revoke every link and stop listening'],
  ])
    .argument('[id]', 'which server; may be left out when only one is running')
    .addOption(new Option('--role <role>', 'what a guest may do').choices(['viewer', 'editor', 'full']))
    .option('--expires <duration>', 'how long the link works: 90s, 15m, 2h, 1d', '1d')
    .option('--uses <count>', 'how often the link can be used; without limit when left out')
    .option('--approve', 'let each guest in yourself (`gatehouse people`, `gatehouse admit`)')
    .option('--for <label>', 'whom the link is for, in your own words')
    .option('--group <group>', 'class or project')
    .option('--open <page>', 'where a guest starts: path, query and fragment of a page of the server')
    .option('--listen <where>', 'from which network: all, an address, or interface:NAME')
    .option(
      '--send <types>',
      'message bus: types of messages a guest may send, separated by commas; prefix.* means all that begin so',
    )
    .option('--receive <types>', 'message bus: types of messages a guest may receive')
    .option('--yes', 'you have read what the link permits')
    .addOption(new Option('--off', 'revoke every link of the server and stop sharing').conflicts(linkOptions))
    .option('--qr', 'also print the link as a QR code when the output is not a terminal')
    .option('--no-qr', 'print no QR code')
    .action((id: string | undefined, options: ShareOptions, self: Command) =>
      share(context(self), id, options),
    );
}

function share(context: CommandContext, id: string | undefined, options: ShareOptions): Promise<void> {
  const { output, connector } = context;
  return withCore(connector.running(), async core => {
    const server = sharedServer(await core.call('server.list'), id);
    if (options.off === true) {
      printValue(output, await core.call('share.stop', server.id), revokedText);
      return;
    }
    const link = await makeLink(context, core, server, options);
    printValue(output, link, value => linkText(output, value, options));
  });
}

async function makeLink(
  context: CommandContext,
  core: CoreClient,
  server: ServerInfo,
  options: ShareOptions,
): Promise<NewShareLink> {
  const { output } = context;
  const request = linkRequest(server, options);
  const { role } = request;
  const preview = await core.call('share.preview', request);
  // Where the role is not offered, the core says why, and which roles there are.
  const offered = preview.roles.some(one => one.role === role);
  const ownTypes = options.send !== undefined || options.receive !== undefined;
  if (offered) say(output, previewText(preview, role, ownTypes));
  if (offered) for (const warning of preview.warnings) say(output, warningText(warning));
  const acknowledged =
    !offered || !preview.needsAcknowledgement || (await isAcknowledged(context, preview, options));
  const day = new Date().toISOString().slice(0, 10);
  return core.call('share.create', {
    ...request,
    label: options.for ?? `anyone with the link, ${day}`,
    group: options.group ?? null,
    opens: options.open ?? null,
    acknowledged,
  });
}

function linkRequest(
  server: ServerInfo,
  { role, expires, uses, approve, listen, send, receive }: ShareOptions,
): SharePreviewRequest {
  return {
    server: server.id,
    role: roleOf(role),
    expiresSeconds: seconds(expires ?? '1d'),
    uses: usesOf(uses),
    approval: approve === true,
    ...(listen === undefined ? {} : { listen }),
    ...(send === undefined ? {} : { send: listOf(send) }),
    ...(receive === undefined ? {} : { receive: listOf(receive) }),
  };
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
    'A link needs a role, which says what a guest may do',
    'Add --role viewer, --role editor or --role full.',
  );
}

/** An empty text is an empty list: no type is permitted. */
function listOf(text: string): readonly string[] {
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
    `--uses ${text.slice(0, 40)} is not a number of uses`,
    'Give a whole number from 1 up, or leave it out.',
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

/** The server that is meant; the only one that runs when none is named. */
function sharedServer(servers: readonly ServerInfo[], id: string | undefined): ServerInfo {
  if (id !== undefined) return matchServer(servers, id);
  const running = servers.filter(({ state }) => !isOver(state));
  const [only, another] = running;
  if (only !== undefined && another === undefined) return only;
  throw usage('Say which server to share', 'Give the id of a server; `gatehouse list` shows them.');
}
