/** What an error means for whoever runs a command; it fixes the exit code. */
export const exitCodes = {
  failed: 1,
  usage: 2,
  'not-found': 3,
  refused: 4,
} as const;

export type ErrorKind = keyof typeof exitCodes;

/**
 * Every error code of Gatehouse: stable, for scripts. A code is never given a second meaning, and one fact
 * has one code. `doc/errors.md` is generated from this table.
 */
export const errorCodes = {
  // Commands and calls
  'bad-arguments': ['usage', 'A call to the core has an argument of the wrong form.'],
  'unknown-call': ['usage', 'The core does not know the call; window, command and core differ in version.'],
  usage: ['usage', 'A command was used in a wrong way.'],
  'ambiguous-server': ['usage', 'More than one server fits, or a whole id is needed.'],
  interrupted: ['failed', 'A question at the terminal was interrupted.'],
  'not-acknowledged': ['refused', 'A danger has to be acknowledged first, with --yes.'],
  internal: ['failed', 'A fault of Gatehouse itself.'],

  // Core, home and files
  'core-closed': ['failed', 'The core closed the connection; it is ending.'],
  'core-did-not-start': ['failed', 'The core did not come up in time.'],
  'core-lost': ['failed', 'The connection to the core ended before it answered.'],
  'core-other-version': ['failed', 'The core speaks another version of the control protocol.'],
  'core-refused': ['failed', 'The core refused the connection.'],
  'core-running': ['failed', 'Another core already runs for this home.'],
  'no-core': ['failed', 'No core is running.'],
  quitting: ['failed', 'The core is ending and starts nothing more.'],
  'home-busy': ['failed', 'Another command is changing this home.'],
  'home-foreign': ['failed', 'The folder of the home belongs to another account.'],
  'home-in-use': ['refused', 'A Gatehouse on another computer holds this home.'],
  'home-lost': ['refused', 'Another computer has taken this home over.'],
  'home-relative': ['usage', 'GATEHOUSE_HOME is not an absolute path.'],
  'home-unknown': ['failed', 'No folder for the home could be determined.'],
  'home-unwritable': ['failed', 'The folder of the home cannot be written to.'],
  'no-home-folder': ['failed', 'The account has no home folder.'],
  'no-start-time': ['failed', 'The start time of this process cannot be read, so no lock can be held.'],
  'read-failed': ['failed', 'A file or folder cannot be read.'],
  'runtime-unsafe': ['refused', 'The runtime folder is open to other accounts.'],
  'secret-file': ['usage', 'A file that holds a secret is missing or readable by others.'],
  'sudo-home': ['refused', 'Run with sudo, a command would leave files of root in the home.'],
  'write-failed': ['failed', 'A file or folder cannot be written.'],

  // Settings
  'no-such-setting': ['not-found', 'There is no setting of that name.'],
  'setting-invalid': ['usage', 'The value does not fit the setting.'],
  'setting-managed': ['refused', 'The setting is fixed by the administrator.'],

  // Folders and their trust
  'folder-not-trusted': ['refused', 'The folder is not trusted, and this kind of server needs trust.'],
  'folder-open-to-others': ['refused', 'Another account can put files into the folder or replace it.'],
  'no-answer': ['not-found', 'There is no decision about the folder that could be forgotten.'],
  'no-such-folder': ['not-found', 'The folder does not exist or cannot be opened.'],

  // What is started
  'bad-command': ['usage', 'The command cannot be run as it is written.'],
  'bad-dataset': ['usage', 'The name of the dataset cannot be used.'],
  'bad-header': ['usage', 'The header of a credential has a name that cannot be used.'],
  'bad-profile-file': ['usage', 'The profile file has a wrong form.'],
  'bad-ready-path': ['usage', 'The readiness path is not a path of a URL.'],
  'cannot-start': ['failed', 'The chosen installation cannot start.'],
  'file-outside': ['usage', 'The file is not inside the working folder.'],
  'header-twice': ['usage', 'A header is set twice for a custom server.'],
  'installation-gone': ['not-found', 'The chosen installation is not there any more.'],
  'no-address': ['usage', 'The command has neither {port} nor {socket}.'],
  'no-base': ['usage', 'The command has no {base}, although the server is to be below a base path.'],
  'no-command': ['usage', 'A custom server needs a command.'],
  'no-file': ['usage', 'This kind of server needs a file, or takes none.'],
  'no-node': ['not-found', 'The server needs Node.js, which is not installed.'],
  'no-profile-file': ['not-found', 'The profile file cannot be read.'],
  'no-program': ['not-found', 'The program of a custom server does not exist or cannot be run.'],
  'no-second-port': ['usage', 'The second port of a custom server is not used as it is described.'],
  'no-sockets': ['usage', 'This kind of server needs Unix sockets, which this computer does not have.'],
  'no-such-file': ['not-found', 'The file does not exist.'],
  'no-such-profile': ['not-found', 'There is no kind of server of that name.'],
  'no-such-server': ['not-found', 'There is no such server in the list.'],
  'no-such-target': ['not-found', 'The target is neither a kind of server, a folder nor a file.'],
  'none-found': ['not-found', 'No usable installation was found; `gatehouse setup` can make one.'],
  'not-installed': ['not-found', 'No usable installation was found, and Gatehouse cannot make one.'],
  'role-without-page': ['usage', 'A role of a custom server may not open the first page.'],
  'unknown-application': ['usage', 'The Jupyter application is not one that Gatehouse can start.'],
  'unknown-placeholder': ['usage', 'The command has a placeholder that Gatehouse does not know.'],
  'variable-unusable': ['usage', 'An environment variable has a value that cannot be used.'],

  // Running servers
  'cannot-listen': ['failed', 'The gateway cannot listen at its address.'],
  'gave-up': ['failed', 'The server failed and is not restarted any more.'],
  'guard-failed': ['failed', 'The process guard of a run did not start.'],
  'no-free-port': ['failed', 'No free port was found.'],
  'not-open': ['failed', 'The listener of the server is not open.'],
  'not-running': ['failed', 'The server is not running.'],
  'not-started': ['failed', 'The program of the server could not be started.'],
  'plan-late': ['failed', 'The run ended before its launch plan was ready.'],
  'run-folder-failed': ['failed', 'The private folder of a run cannot be used.'],
  'start-failed': ['failed', 'The server did not become ready; the exit code is that of the cause.'],
  stopped: ['failed', 'The server was stopped before it became ready.'],

  // Managed environments
  cancelled: ['failed', 'The installation was cancelled.'],
  'in-use': ['failed', 'A server is running from the managed environment.'],
  'no-environment': ['not-found', 'There is no managed environment.'],
  'no-python': ['not-found', 'No Python was found that can make an environment.'],
  'no-setup': ['usage', 'Gatehouse makes no environment for this kind of server.'],
  'remove-failed': ['failed', 'The managed environment cannot be removed.'],
  'setup-busy': ['failed', 'Another process is changing the managed environment.'],
  'setup-failed': ['failed', 'The managed environment could not be made.'],

  // Secrets
  'keychain-denied': ['failed', 'The keychain refused access.'],
  'keychain-gone': ['failed', 'The keychain cannot be reached.'],
  'keychain-locked': ['failed', 'The keychain is locked.'],
  'keychain-timeout': ['failed', 'The keychain did not answer in time.'],
  'passphrase-differs': ['failed', 'The two passphrases differ.'],
  'passphrase-missing': ['usage', 'The passphrase of the sealed secrets was not given.'],
  'passphrase-short': ['usage', 'The passphrase is too short.'],
  'passphrase-wrong': ['failed', 'The passphrase is wrong.'],
  'secrets-damaged': ['failed', 'The sealed file of secrets is damaged.'],
  'token-is-set': ['usage', 'The token was set from outside, so it cannot be rotated here.'],
  'token-twice': ['usage', 'The token was given both as a variable and as a file.'],
  'token-unusable': ['usage', 'The token that was given has a form that cannot be used.'],

  // Sharing
  'address-gone': ['usage', 'This computer does not have the address that was to be shared on.'],
  'audit-broken': ['failed', 'The audit log was changed, or lines of it were removed.'],
  'audit-without-key': ['failed', 'The key of the audit log is missing.'],
  'key-too-short': ['usage', 'The key in the file has fewer than 43 characters.'],
  'ledger-busy': ['failed', 'Another process is using the ledger.'],
  'ledger-newer': ['failed', 'The ledger was written by a newer Gatehouse.'],
  'ledger-unsaved': ['failed', 'The ledger could not be saved.'],
  'link-invalid': ['usage', 'The share link was asked for with a value that cannot be used.'],
  'link-out-of-bounds': ['refused', 'The share link would exceed a limit of the settings.'],
  'no-share-address': ['failed', 'This computer has no address on which guests could reach it.'],
  'no-such-thing': ['not-found', 'There is no such link, guest session or waiting guest.'],
  'not-shareable': ['refused', 'This server cannot be shared.'],
  'permissions-invalid': ['usage', 'The types of messages have a form that cannot be used.'],
  'role-not-offered': ['usage', 'The server does not offer this role.'],
  'too-many-links': ['failed', 'There are too many share links.'],

  // Certificates
  'authority-damaged': ['failed', 'The file of the local authority is damaged.'],
  'certificate-damaged': ['failed', 'The certificate cannot be parsed.'],
  'certificate-expired': ['refused', 'The certificate has expired.'],
  'certificate-format': ['failed', 'The file of the certificate is not PEM.'],
  'certificate-missing': ['failed', 'The file does not exist or holds no certificate.'],
  'certificate-not-yet-valid': ['refused', 'The certificate is not valid yet.'],
  'certificate-refused': ['refused', 'The certificate cannot be used.'],
  'certificate-unreadable': ['failed', 'The file of the certificate cannot be read.'],
  'certificate-unusable': ['refused', 'The certificate cannot be used for TLS.'],
  'clock-wrong': ['failed', 'The clock of this computer is wrong, so no certificate can be issued.'],
  'issuer-no-authority': ['refused', 'A certificate of the chain may not issue certificates.'],
  'key-damaged': ['failed', 'The private key cannot be parsed.'],
  'key-does-not-fit': ['failed', 'The private key does not fit the certificate.'],
  'key-foreign': ['refused', 'The file of the private key belongs to another account.'],
  'key-locked': ['failed', 'The private key is locked with a passphrase.'],
  'key-missing': ['failed', 'The file holds no private key.'],
  'key-readable': ['refused', 'Every account can read the private key.'],
  'key-unusual': ['refused', 'Browsers do not accept this kind of key.'],
  'key-weak': ['refused', 'The key is too weak.'],
  'key-writable': ['refused', 'Other accounts can replace the private key.'],
  'names-missing': ['refused', 'The certificate does not cover the name that guests use.'],
  'names-none': ['refused', 'The certificate names no host.'],
  'no-authority': ['usage', 'With your own certificate there is no local authority.'],
  'no-key-file': ['usage', 'No certificate of your own is set, so there is no key to unlock.'],
  'purpose-wrong': ['refused', 'The certificate is not meant for servers.'],
  'signature-weak': ['refused', 'The certificate is signed in a way that can be forged.'],
} as const satisfies Readonly<Record<string, readonly [kind: ErrorKind, meaning: string]>>;

export type ErrorCode = keyof typeof errorCodes;

export type CodeOfKind<K extends ErrorKind> = {
  [C in ErrorCode]: (typeof errorCodes)[C][0] extends K ? C : never;
}[ErrorCode];

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
