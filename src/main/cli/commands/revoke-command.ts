import type { Command } from 'commander';
import type { RevokeResult } from '../../../shared/share-model.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchId } from '../match.ts';
import { printValue } from '../print.ts';
import { revokedText } from '../revoked-text.ts';
import { withCore } from '../with-core.ts';

export function revokeCommand(program: Command, context: ContextOf): void {
  withExamples(
    program
      .command('revoke')
      .description('revoke share links; the guests who came in by them are out at once'),
    [['gatehouse revoke k3m9', 'the link whose id begins with k3m9']],
  )
    .argument('<link...>', 'id of a link, or the beginning of it')
    .action((given: readonly string[], _options: unknown, self: Command) => revoke(context(self), given));
}

function revoke({ output, connector }: CommandContext, given: readonly string[]): Promise<void> {
  return withCore(connector.reading(), async core => {
    const links = await core.call('share.links');
    const known = links.map(({ id }) => id);
    const ids = new Set(given.map(one => matchId(known, one, 'share link', 'gatehouse links --all')));
    const before = new Set(links.flatMap(({ id, state }) => (state === 'revoked' ? [id] : [])));
    const revoked = await Promise.all(
      [...ids].filter(id => !before.has(id)).map(id => core.call('share.revoke', id)),
    );
    const sessions = revoked.reduce((sum, one) => sum + one.sessions, 0);
    printValue(output, { links: [...ids], sessions }, value => resultText(value, before));
  });
}

/** @param before links that had already been revoked */
export function resultText({ links, sessions }: RevokeResult, before: ReadonlySet<string>): string {
  const now = links.filter(link => !before.has(link));
  const lines = links.filter(link => before.has(link)).map(link => `Link ${link} was already revoked.`);
  if (now.length > 0) lines.push(revokedText({ links: now, sessions }));
  return lines.join('\n');
}
