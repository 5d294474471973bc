/** The commands of sharing and what may be said with them. */
import { Option, type Command } from 'commander';

export interface ShareOptions {
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

/** What each command does; `share-commands.ts` does it. */
export interface ShareActions {
  share(id: string | undefined, options: ShareOptions): Promise<void>;
  links(options: { readonly all?: boolean }): Promise<void>;
  revoke(links: readonly string[]): Promise<void>;
  people(): Promise<void>;
  kick(session: string): Promise<void>;
  admit(waiting: string): Promise<void>;
  deny(waiting: string): Promise<void>;
  audit(options: { readonly lines: string; readonly verify?: boolean }): Promise<void>;
  certificateShow(): Promise<void>;
  certificatePassphrase(): Promise<void>;
  authorityShow(): Promise<void>;
  authorityExport(file: string | undefined, options: { readonly der?: boolean }): Promise<void>;
  authorityReplace(options: { readonly yes?: boolean }): Promise<void>;
  secretRotate(): Promise<void>;
  secretMigrate(options: { readonly keyFile: string }): Promise<void>;
}

type With = (command: Command) => ShareActions;

export function addSharing(program: Command, actions: With): void {
  addLinks(program, actions);
  addPeople(program, actions);
  addKeys(program, actions);
}

function addLinks(program: Command, actions: With): void {
  program
    .command('share')
    .description('make a link by which somebody else can come in; it can be taken back')
    .argument('[id]', 'which server; the one that runs when there is only one')
    .addOption(new Option('--role <role>', 'what the holder may do').choices(['viewer', 'editor', 'full']))
    .option('--expires <duration>', 'how long the link works: 90s, 15m, 2h, 1d', '1d')
    .option('--uses <count>', 'how often it can be used; any number when absent')
    .option('--approve', 'you let each guest in yourself (`gatehouse people`, `gatehouse admit`)')
    .option('--for <label>', 'for whom it is, in your words')
    .option('--group <group>', 'class or project')
    .option('--open <page>', 'where its holder begins: path, query and fragment of a page of the server')
    .option('--listen <where>', 'from which network: all, an address, or interface:NAME')
    .option(
      '--send <types>',
      'message bus: types of messages the holder may send, with commas, prefix.* for many',
    )
    .option('--receive <types>', 'message bus: types of messages the holder is shown')
    .option('--yes', 'you have read what the link means')
    .addOption(
      new Option('--off', 'take every link of the server back and stop listening').conflicts([
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
      ]),
    )
    .option('--qr', 'print the link as a QR code too, also where nobody looks')
    .option('--no-qr', 'print no QR code')
    .action((id, options, self) => actions(self).share(id, options));
  program
    .command('links')
    .description('the links that are open; never their secrets')
    .option('--all', 'those too that have ended')
    .action((options, self) => actions(self).links(options));
  program
    .command('revoke')
    .description('take links back; whoever came in by one is out at once')
    .argument('<link...>', 'id, or the beginning of one')
    .action((links, _options, self) => actions(self).revoke(links));
}

function addPeople(program: Command, actions: With): void {
  program
    .command('people')
    .description('who is in now, and who waits to be let in')
    .action((_options, self) => actions(self).people());
  program
    .command('kick')
    .description('end one visit; the link stays')
    .argument('<session>')
    .action((session, _options, self) => actions(self).kick(session));
  program
    .command('admit')
    .description('let somebody in who waits')
    .argument('<waiting>')
    .action((waiting, _options, self) => actions(self).admit(waiting));
  program
    .command('deny')
    .description('do not let somebody in who waits')
    .argument('<waiting>')
    .action((waiting, _options, self) => actions(self).deny(waiting));
  program
    .command('audit')
    .description('what happened with links and guests')
    .option('-n, --lines <count>', 'how many of the last events', '50')
    .option('--verify', 'check that nothing was changed or taken out')
    .action((options, self) => actions(self).audit(options));
}

function addKeys(program: Command, actions: With): void {
  const certificate = program.command('certificate').description('what guests are shown of this computer');
  certificate
    .command('show', { isDefault: true })
    .description('the certificate in use, and what is to be known of it')
    .action((_options, self) => actions(self).certificateShow());
  certificate
    .command('passphrase')
    .description(
      'keep the passphrase of the key in sharing.keyFile; it is asked for, or read from standard input',
    )
    .action((_options, self) => actions(self).certificatePassphrase());
  const authority = program.command('ca').description('the local authority that guests may install');
  authority
    .command('show', { isDefault: true })
    .description('its name and its fingerprint, to compare by telephone')
    .action((_options, self) => actions(self).authorityShow());
  authority
    .command('export')
    .description('its certificate, for others to install')
    .argument('[file]', 'where to; standard output when absent')
    .option('--der', 'as DER instead of PEM')
    .action((file, options, self) => actions(self).authorityExport(file, options));
  authority
    .command('replace')
    .description('throw it away and make a new one; every guest has to install it again')
    .option('--yes', 'do not ask')
    .action((options, self) => actions(self).authorityReplace(options));
  const secret = program.command('secret').description('the key of this installation');
  secret
    .command('rotate')
    .description('make a new one; links, visits and the audit log go on')
    .action((_options, self) => actions(self).secretRotate());
  secret
    .command('migrate')
    .description('take a key of your own; links, visits and the audit log go on')
    .requiredOption('--key-file <file>', 'a private file with at least 43 characters of key')
    .action((options, self) => actions(self).secretMigrate(options));
}
