/** What the launcher is made of, and how it is asked for installed servers. */
import type { Events } from '../../../shared/contract.ts';
import type { CallerEnvironment, ProfileName } from '../../../shared/model.ts';
import type { TrustedFolders } from '../folders/trusted-folders.ts';
import type { UpstreamState } from '../gateway-ports.ts';
import type { Log, Profile, Vault } from '../ports.ts';
import type { SavedServers } from './saved-servers.ts';
import type { ServerEntryDeps } from './server-entry.ts';
import type { StartEnvironments } from './start-environments.ts';

export interface LauncherDeps {
  readonly profiles: ReadonlyMap<ProfileName, Profile>;
  readonly saved: SavedServers;
  readonly environments: StartEnvironments;
  readonly vault: Vault;
  readonly log: Log;
  /** Removes what a server said. */
  readonly removeLogs: (id: string) => Promise<void>;
  readonly folders: TrustedFolders;
  /** Home folder of the owner: the working folder when none is asked for. */
  readonly home: string;
  readonly entry: Omit<
    ServerEntryDeps,
    'onChange' | 'save' | 'vault' | 'log' | 'follow' | 'newHostLabel' | 'clientCredential' | 'wishes'
  >;
  /** Where a server can be reached now; null when nothing of it runs. */
  readonly follow: (serverId: string, state: UpstreamState | null) => void;
  /** Takes back what was shared of a server. */
  readonly unshare: (serverId: string) => Promise<void>;
  announce<K extends keyof Events>(name: K, value: Events[K]): void;
}

export interface FindRequest {
  readonly fresh: boolean;
  readonly folder?: string | undefined;
  readonly caller?: CallerEnvironment | undefined;
}
