/*
 * `npm run reference`: writes doc/cli.md from the commands, doc/settings.md from the table of settings and
 * doc/errors.md from the table of error codes. With --check it writes nothing and fails where something would
 * change.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { format, resolveConfig } from 'prettier';
import { examplesOf } from '../src/main/cli/examples.ts';
import { buildProgram } from '../src/main/cli/program.ts';
import { rowOf, settingKeys } from '../src/main/core/settings/schema.ts';
import { errorCodes, exitCodes } from '../src/shared/error-codes.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
/** Options of every command, which the page names once. */
const everywhere = new Set(['--json', '--secrets']);

await put('cli.md', cliPage());
await put('settings.md', settingsPage());
await put('errors.md', errorsPage());

function cliPage(): string {
  const nothing = (): void => {};
  const program = buildProgram({
    version: '',
    write: nothing,
    writeError: nothing,
    context: () => {
      throw new Error('No command is run here.');
    },
  });
  return [
    '# Command line',
    `${program.description()} Values go to standard output and everything else to standard error, so a script can read one without the other.`,
    'Every command takes `--json` (one JSON value on standard output, nothing else), `--secrets <store>` (auto, keychain, file or memory) and `--help`. Exit codes and error codes are in [errors.md](errors.md), settings in [settings.md](settings.md).',
    table([
      ['Command', 'What it does'],
      ...program.commands.map(each => [
        `[\`${each.name()}\`](#gatehouse-${each.name()})`,
        each.description(),
      ]),
    ]),
    ...program.commands.flatMap(each => [
      commandPart(each, 2),
      ...each.commands.map(one => commandPart(one, 3)),
    ]),
  ].join('\n\n');
}

function commandPart(command: Command, level: number): string {
  const path = [command.parent?.name(), command.name()].filter(name => name !== 'gatehouse');
  const usage = ['gatehouse', ...path, command.usage().replace('[options] ', '')].join(' ').trim();
  const options = command.options.filter(({ hidden, long }) => !hidden && !everywhere.has(long ?? ''));
  const rows = [...command.registeredArguments.map(argumentRow), ...options.map(optionRow)];
  const examples = examplesOf(command).map(([line, does]) => `${line}  # ${does}`);
  return [
    `${'#'.repeat(level)} ${['gatehouse', ...path].join(' ')}`,
    sentence(command.description()),
    `\`\`\`\n${usage}\n\`\`\``,
    ...(rows.length === 0 ? [] : [table([['Argument or option', 'Meaning'], ...rows])]),
    `\`\`\`sh\n${examples.join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function argumentRow(argument: Argument): readonly string[] {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return [`\`${argument.required ? `<${name}>` : `[${name}]`}\``, sentence(argument.description, argument)];
}

function optionRow(option: Option): readonly string[] {
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`;
  return [`\`${option.flags}\``, sentence(`${option.description}${choices}`, option)];
}

function sentence(text: string, { defaultValue }: { readonly defaultValue?: unknown } = {}): string {
  const fallback = typeof defaultValue === 'string' ? ` Default: ${defaultValue}.` : '';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${fallback}`;
}

function settingsPage(): string {
  return [
    '# Settings',
    'Read and change them with `gatehouse config list`, `config get` and `config set`. What an administrator sets by policy cannot be changed.',
    table([
      ['Setting', 'Value', 'Default', 'What it does'],
      ...settingKeys.map(key => {
        const { wanted, help, default: fallback } = rowOf(key);
        return [`\`${key}\``, wanted, `\`${JSON.stringify(fallback)}\``, help];
      }),
    ]),
  ].join('\n\n');
}

function errorsPage(): string {
  const codes = Object.entries(errorCodes).sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    '# Errors',
    'Under `--json` a command that fails prints `{"error": {"code", "message", "nextStep"}}` on standard error. Codes are stable; messages are not. The kind of a code fixes the exit code; success is 0.',
    table([['Kind', 'Exit code'], ...Object.entries(exitCodes).map(([kind, code]) => [kind, String(code)])]),
    table([
      ['Code', 'Kind', 'Exit code', 'Meaning'],
      ...codes.map(([code, [kind, meaning]]) => [`\`${code}\``, kind, String(exitCodes[kind]), meaning]),
    ]),
  ].join('\n\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows.map(row => row.map(cell => cell.replaceAll('|', '\\|')));
  return [head, head.map(() => '---'), ...rest].map(row => `| ${row.join(' | ')} |`).join('\n');
}

async function put(name: string, text: string): Promise<void> {
  const path = join(root, 'doc', name);
  const comment = '<!-- Written by `npm run reference`. -->';
  const wanted = await format(`${comment}\n\n${text}\n`, { ...(await resolveConfig(path)), filepath: path });
  if (wanted === (await readFile(path, 'utf8').catch(() => ''))) return;
  if (check) {
    process.stderr.write(`${path} is not what the source says: run npm run reference\n`);
    process.exit(1);
  }
  await writeFile(path, wanted);
}
