import type { Command } from 'commander';
import type { GuestSessionInfo, JoinRequestInfo } from '../../../shared/share-model.ts';
import { durationWords } from '../../core/duration.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue, table } from '../print.ts';
import { withCore } from '../with-core.ts';

export function peopleCommand(program: Command, context: ContextOf): void {
  withExamples(
    program.command('people').description('list the guests who are in, and those who wait to be let in'),
    [['gatehouse people', 'guests, each with the id of their session']],
  ).action((_options: unknown, self: Command) => people(context(self)));
}

function people({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.reading(), async core => {
    const inside = await core.call('share.people');
    const waiting = await core.call('share.waiting');
    const sessions = inside.map(session => ({ ...session, state: 'in' as const }));
    const requests = waiting.map(request => ({ ...request, state: 'waiting' as const }));
    printValue(output, [...sessions, ...requests], () => peopleText(inside, waiting, Date.now()));
  });
}

export function peopleText(
  sessions: readonly GuestSessionInfo[],
  waiting: readonly JoinRequestInfo[],
  now: number,
): string {
  const parts = [sessions.length === 0 ? 'No guest is in.' : sessionsText(sessions, now)];
  if (waiting.length > 0) {
    const rows = waiting.map(one => [one.id, one.name, one.role, one.serverName, one.label, one.address]);
    parts.push(
      '',
      table([['WAITS', 'NAME', 'ROLE', 'SERVER', 'LINK FOR', 'FROM'], ...rows]),
      'Let a guest in with `gatehouse admit ID`, or refuse them with `gatehouse deny ID`.',
    );
  }
  return parts.join('\n');
}

function sessionsText(sessions: readonly GuestSessionInfo[], now: number): string {
  const rows = sessions.map(session => [
    session.session,
    session.name === '' ? '(no name)' : session.name,
    session.role,
    session.serverName,
    session.label,
    [session.address, session.browser].filter(text => text !== '').join(', '),
    durationWords(now - Date.parse(session.since)),
  ]);
  return table([['SESSION', 'NAME', 'ROLE', 'SERVER', 'LINK FOR', 'FROM', 'SINCE'], ...rows]);
}
