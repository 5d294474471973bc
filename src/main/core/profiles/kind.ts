/**
 * What one file of this folder says of its kind of server. Adding a kind is adding a file that exports
 * `kind`; `npm run profiles` writes the list (`all.ts`) and the table of the README from them
 * (doc/adding-a-profile.md).
 */
import { join } from 'node:path';
import type { ProfileInfo, ProfileName } from '../../../shared/model.ts';
import type { Log, Profile } from '../ports.ts';
import type { Variables } from '../variables.ts';

/** What every profile is made with. */
export interface ProfileOptions {
  /** The user's environment: that of the caller, or as the core got it. */
  readonly environment: Variables;
  /** The user's home folder. */
  readonly home: string;
  /** Where Gatehouse keeps what it makes. */
  readonly dataFolder: string;
  readonly platform: NodeJS.Platform;
  readonly log: Log;
  /** Seconds until a start is given up, by the settings; null or undefined: the profile's own. */
  readonly readySeconds: (profile: ProfileName) => number | null | undefined;
  /**
   * Folder with a folder for each profile that has a shim; `<profile>/shim` next to this file when absent.
   */
  readonly shims?: string | undefined;
}

export interface ProfileKind extends ProfileInfo {
  /** Place in every list; the smallest is the first. */
  readonly order: number;
  readonly docs: ProfileDocs;
  readonly folderCode: FolderCode;
  /**
   * Names of variables by which this server is told where it listens, whom it asks and what it runs. What is
   * in a shell for another server of its kind must not open this one, so only the profile sets them. Null:
   * none.
   */
  readonly ownVariables: RegExp | null;
  readonly shownCredential: ShownCredential;
  /** Without what `folderCode` says; the core uses `createProfile` (folder-trust.ts). */
  create(options: ProfileOptions): Profile;
}

/** The row of the README's table; roles come from the profile itself. */
export interface ProfileDocs {
  /**
   * What the tests have run: `0.35.0`, `2.0 to 2.21`; null where it could not be installed, so only its
   * command line is tested.
   */
  readonly tried: string | null;
  /** How the server is given its credential, and how its own clients may show Gatehouse's. */
  readonly credential: string;
  /** What a role does not hold back, and what the server lets others do past the gateway. */
  readonly notEnforced: string;
}

/**
 * What of the opened folder runs although its owner has run nothing. A kind cannot be added without saying
 * it; `createProfile` (folder-trust.ts) acts on `untrusted`, and doc/folder-trust.md is written from the
 * rest.
 */
export interface FolderCode {
  /**
   * What happens in a folder that is not trusted. `nothing-runs`: the kind runs nothing of any folder.
   * `restricted`: it would, and is started so that it does not. For both the server's process starts outside
   * the folder. `named-program`: it runs the file or command that the request names, from its folder, and is
   * refused where the request names none. `refused`: it cannot be used without running the folder's program.
   */
  readonly untrusted: 'nothing-runs' | 'restricted' | 'named-program' | 'refused';
  /** What runs unasked where the folder is not trusted, and what is done against it. A cell of a table. */
  readonly whenUntrusted: string;
  /** The same where the folder is trusted. */
  readonly whenTrusted: string;
  /** How it was tested; null where the server could not be run, so that only its command line is. */
  readonly tested: string | null;
  /** Told to the owner as long as a server runs in a folder that is not trusted, as the end of a sentence. */
  readonly notice?: string;
}

/**
 * Whether code that takes part in the server without being it (a notebook, a flow, a package, anyone who owns
 * a port that it hands requests on to) is told the credential that the gateway shows the server. A kind
 * cannot be added without saying it; doc/shown-credentials.md is written from this.
 */
export interface ShownCredential {
  /**
   * `none-shown`: there is none (`checkShown` sees to it). `taken-off`: a shim judges it and takes it off
   * each request first. `seen`: nothing takes it off.
   */
  readonly codeSees: 'none-shown' | 'taken-off' | 'seen';
  /** How that is. A cell of a table. */
  readonly how: string;
  /** How it was tested that it is taken off; null where nothing is. */
  readonly tested: string | null;
}

/** Folder of what runs inside the server, in its own language. */
export function shimOf({ shims }: Pick<ProfileOptions, 'shims'>, name: ProfileName): string {
  return shims === undefined ? join(import.meta.dirname, name, 'shim') : join(shims, name);
}
