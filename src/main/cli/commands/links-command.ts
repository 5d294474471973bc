import type { Command } from 'commander';
import type { ShareLinkInfo } from '../../../shared/share-model.ts';
import { durationWords } from '../../core/duration.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { permissionWords } from '../permission-words.ts';
import { printValue, table } from '../print.ts';
import { withCore } from '../with-core.ts';

interface LinksOptions {
  readonly all?: boolean;
}

export function linksCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('links').description('list the open share links, without their secrets'), [
    ['gatehouse links', 'the links that work now'],
    ['gatehouse links --all', 'also those that have expired or were revoked'],
  ])
    .option('--all', 'also list links that have ended')
    .action((options: LinksOptions, self: Command) => links(context(self), options));
}

function links({ output, connector }: CommandContext, { all }: LinksOptions): Promise<void> {
  return withCore(connector.reading(), async core => {
    const every = await core.call('share.links');
    const shown = all === true ? every : every.filter(({ state }) => state === 'open');
    printValue(output, shown, value => linksText(value, Date.now()));
  });
}

export function linksText(links: readonly ShareLinkInfo[], now: number): string {
  if (links.length === 0) return 'No links. Make one with `gatehouse share`.';
  const rows = links.map(link => [
    link.id,
    link.label,
    link.serverName,
    link.role,
    link.state === 'open' ? `for ${durationWords(Date.parse(link.expiresAt) - now)}` : link.state,
    link.usesLeft === null ? 'any' : String(link.usesLeft),
    String(link.people),
  ]);
  const shown = table([['LINK', 'FOR', 'SERVER', 'ROLE', 'WORKS', 'USES LEFT', 'IN NOW'], ...rows]);
  const permitted = links.flatMap(link => permissionWords(link).map(words => `${link.id}  ${words}`));
  return permitted.length === 0 ? shown : [shown, '', ...permitted].join('\n');
}
