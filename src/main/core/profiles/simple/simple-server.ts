/** What a server that needs no code of its own is described by. */
import type { ProfileName } from '../../../../shared/model.ts';
import type { ClientCredential, LaunchPlan, PreflightQuestions, Upstream } from '../../ports.ts';
import type { ProfileSharing } from '../../role-ports.ts';
import type { Secret } from '../../secret.ts';
import type { ProfileOptions } from '../kind.ts';
import { compareVersions } from '../common/versions.ts';

/** Where a server of the kind is installed. */
export type SimpleSource =
  | {
      readonly kind: 'python';
      /** Distribution name, in lower case and with underscores. */
      readonly distribution: string;
      /** Programs on PATH that show which environment has it. */
      readonly scripts?: readonly string[];
    }
  | {
      readonly kind: 'program';
      readonly names: readonly string[];
      /** Absolute folders to search besides PATH. */
      readonly folders?: readonly string[];
      /** How it is asked for its version; `--version` when absent. */
      readonly version?: readonly string[];
      /** Which part of its answer is the version; the first number when absent. */
      readonly pattern?: RegExp;
    }
  | {
      /**
       * A Python program that is run from where it was unpacked, with the virtual environment in it or the
       * Python on PATH.
       */
      readonly kind: 'checkout';
      /** What shows that a folder is one. */
      readonly marks: readonly string[];
      /** Folders where its own guides put it, below the user's home. */
      readonly places: readonly string[];
      /** Its file with `__version__ = "1.2.3"`. */
      readonly versionFile: string;
    };

/** What a command line is made of. */
export interface SimpleRun {
  /** Absolute path of the interpreter or program, which is argv[0] already. */
  readonly program: string;
  readonly version: string | null;
  /** Where it is installed, as it was found. */
  readonly location: string;
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Another one, where the kind wants it (`secondPort`, `alsoPorts`). */
  readonly secondPort: number | null;
  /** Path of a Unix socket in the private folder. */
  readonly socket: string;
  /** Private 0700 folder of the run. */
  readonly directory: string;
  readonly folder: string;
  readonly folderTrusted: boolean;
  /** Absolute path of the file to open; null for none. */
  readonly file: string | null;
  /** 0600 file that holds the upstream secret. */
  readonly secretFile: string;
  readonly secret: Secret<string>;
  /** Folder of the profile's shim. */
  readonly shim: string;
  readonly environment: ProfileOptions['environment'];
  readonly platform: NodeJS.Platform;
  readonly user: string;
}

export interface SimpleServer {
  readonly name: ProfileName;
  readonly title: string;
  readonly source: SimpleSource;
  /** Why a version is not started (an advisory); null when it is. */
  readonly refuseVersion?: (version: string) => string | null;
  /** Whether a file is named when it is started. */
  readonly file: 'never' | 'may' | 'must';
  readonly listens: 'port' | 'socket';
  /** Working folder of the process, where that is not the user's. */
  readonly runsIn?: (run: SimpleRun) => string;
  /** It was told to listen on 127.0.0.1: where it listens on the network all the same, it is not started. */
  readonly loopbackOnly?: boolean;
  /** Whether a run has a process of its own for some role, on a second port; it is ready when both are. */
  readonly secondPort?: (run: Pick<SimpleRun, 'file' | 'folderTrusted'>) => boolean;
  /** What follows argv[0]. No secret. */
  readonly command: (run: SimpleRun) => readonly string[];
  readonly variables?: (run: SimpleRun) => Readonly<Record<string, string>>;
  /** Writes what the run needs into its private folder. */
  readonly prepare?: (run: SimpleRun) => Promise<void>;
  /** Answers below 500 once the server is up. */
  readonly readyPath: string;
  readonly landing?: string | ((run: SimpleRun) => string);
  readonly headers?: (secret: Secret<string>) => Upstream['headers'];
  /** Further ports that it listens on: they have to be this run's own before anything is believed. */
  readonly alsoPorts?: (run: SimpleRun) => readonly number[];
  /** More of the upstream, where the kind needs it. */
  readonly upstream?: (run: SimpleRun) => Partial<Upstream>;
  readonly askToStop?: (upstream: Upstream, signal: AbortSignal) => Promise<void>;
  readonly clientCredential?: ClientCredential;
  readonly sharing: ProfileSharing;
  /**
   * From the exit code and the last lines to one sentence of advice, before what is known of every program is
   * tried.
   */
  readonly advise?: LaunchPlan['advise'];
  /** Seconds until a start is given up; 120 when absent. */
  readonly readySeconds?: number;
  /** What is asked of it from outside its door; its first page when absent. */
  readonly preflight?: PreflightQuestions;
  /** Said as long as it runs, as the end of a sentence; absent or null: nothing besides the usual. */
  readonly caveat?: string | ((run: SimpleRun) => string | null);
}

/** For `refuseVersion`: what is older than the version that closed an advisory is not started. */
export function olderThan(fixed: string, because: string): (version: string) => string | null {
  return version =>
    compareVersions(version, fixed) < 0 ? `${version} is older than ${fixed}: ${because}` : null;
}

/** Why this version of it is not started; null when it is. */
export function refusal({ refuseVersion }: SimpleServer, version: string | null): string | null {
  return version === null ? null : (refuseVersion?.(version) ?? null);
}
