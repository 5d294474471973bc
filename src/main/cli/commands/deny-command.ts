import type { Command } from 'commander';
import { answerJoinRequest } from '../answer-join-request.ts';
import type { ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';

export function denyCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('deny').description('refuse a waiting guest'), [
    ['gatehouse deny 7c01', 'the request whose id begins with 7c01'],
  ])
    .argument('<waiting>', 'id of the request in `gatehouse people`, or the beginning of it')
    .action((waiting: string, _options: unknown, self: Command) =>
      answerJoinRequest(context(self), waiting, false),
    );
}
