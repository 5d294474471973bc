import type { Command } from 'commander';
import type { SettingInfo } from '../../../shared/model.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

export function configCommand(program: Command, context: ContextOf): void {
  const config = withExamples(program.command('config').description('show or change settings'), [
    ['gatehouse config', 'every setting, as with `config list`'],
  ]);
  withExamples(
    config.command('list', { isDefault: true }).description('list every setting, its value and what it does'),
    [['gatehouse config list --json', 'the same for a script']],
  ).action((_options: unknown, self: Command) => listSettings(context(self)));
  withExamples(config.command('get').description('print one setting'), [
    ['gatehouse config get core.graceMinutes', 'its value, as JSON'],
  ])
    .argument('<key>', 'name of the setting')
    .action((key: string, _options: unknown, self: Command) => getSetting(context(self), key));
  withExamples(config.command('set').description('change a setting'), [
    ['gatehouse config set log.maxMegabytes 5', 'a number'],
    ['gatehouse config set secrets.store keychain', 'a word'],
  ])
    .argument('<key>', 'name of the setting')
    .argument('<value>', 'as JSON, or a plain word')
    .action((key: string, value: string, _options: unknown, self: Command) =>
      setSetting(context(self), key, value),
    );
}

function listSettings({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.reading(), async core =>
    printValue(output, await core.call('config.list'), settingsText),
  );
}

function getSetting({ output, connector }: CommandContext, key: string): Promise<void> {
  return withCore(connector.reading(), async core =>
    printValue(output, await core.call('config.get', key), setting => JSON.stringify(setting.value)),
  );
}

function setSetting({ output, connector }: CommandContext, key: string, value: string): Promise<void> {
  return withCore(connector.reading(), async core =>
    printValue(output, await core.call('config.set', key, parseValue(value)), setting =>
      settingsText([setting]),
    ),
  );
}

/** JSON where the text is JSON, else the text itself. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function settingsText(settings: readonly SettingInfo[]): string {
  return settings
    .map(
      ({ key, value, source, help }) =>
        `${key} = ${JSON.stringify(value)}${source === 'default' ? '' : ` (${source})`}\n  ${help}`,
    )
    .join('\n');
}
