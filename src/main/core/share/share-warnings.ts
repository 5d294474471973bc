/**
 * The attack is on the owner's judgement: a warning that is always there is not read, and one that is not
 * true is not believed the next time. So each sentence appears only where it is true, and this file decides
 * that for the window, the command line and the log alike.
 */
import { durationWords } from '../duration.ts';
import type { Role } from '../../../shared/model.ts';
import type { ShareWarning as Shown } from '../../../shared/share-model.ts';

/** What is known before a link is made. */
export interface ShareFacts {
  readonly role: Role;
  /** The server's name, as the owner calls it. */
  readonly serverName: string;
  /** Login name of the account that runs the server. */
  readonly user: string;
  /** The profile decides whether the role can run code. */
  readonly runsCode: boolean;
  /** From where the share listener can be reached. */
  readonly reach: 'loopback' | 'private' | 'public';
  /** `trusted`: the owner or the administrator said so. */
  readonly network: 'trusted' | 'untrusted' | 'unknown';
  /** Milliseconds until the link ends. */
  readonly lifeMs: number;
  /** Null for any number. */
  readonly uses: number | null;
  readonly approval: boolean;
  /** Root, or an administrator on Windows and macOS. */
  readonly administrator: boolean;
  readonly certificate: 'trusted' | 'local-authority' | 'self-signed';
}

export type WarningId =
  | 'runs-code'
  | 'administrator'
  | 'public-address'
  | 'untrusted-network'
  | 'unknown-network'
  | 'loopback-only'
  | 'long-life'
  | 'open-link'
  | 'local-authority'
  | 'self-signed';

export interface ShareWarning extends Shown {
  readonly id: WarningId;
}

/** A link that lives longer than this outlasts the meeting it was made for. */
const longMs = 7 * 86_400_000;

/** The worst first. Every sentence is true of these facts and can be read alone. Pure. */
export function shareWarnings(facts: ShareFacts): readonly ShareWarning[] {
  return [
    ...codeWarnings(facts),
    ...reachWarnings(facts),
    ...linkWarnings(facts),
    ...certificateWarnings(facts),
  ];
}

/** Whether the owner has to acknowledge the warnings. */
export function needsAcknowledgement(warnings: readonly Shown[]): boolean {
  return warnings.some(warning => warning.level === 'danger');
}

function codeWarnings({ runsCode, administrator, user }: ShareFacts): readonly ShareWarning[] {
  if (!runsCode) return [];
  const code = 'Anyone who has this link can run any code as you, on this computer.';
  if (!administrator) return [{ id: 'runs-code', level: 'danger', text: code }];
  const all = `You are ${user || 'an administrator'} here, so such code can do anything to this computer, for all its users.`;
  return [
    { id: 'runs-code', level: 'danger', text: code },
    { id: 'administrator', level: 'danger', text: all },
  ];
}

function reachWarnings({ reach, network, runsCode }: ShareFacts): readonly ShareWarning[] {
  if (reach === 'loopback') {
    const text = 'The link can be opened on this computer only, because sharing listens on no network.';
    return [{ id: 'loopback-only', level: 'note', text }];
  }
  if (reach === 'public') {
    const text = 'This address may be reachable from the whole internet, and anyone there can try to get in.';
    return [{ id: 'public-address', level: runsCode ? 'danger' : 'warning', text }];
  }
  if (network === 'untrusted') {
    const text = 'You have marked this network as not trusted, and anyone in it can try to get in.';
    return [{ id: 'untrusted-network', level: 'warning', text }];
  }
  if (network === 'unknown') {
    const text = 'Anyone in the network that this computer is in now can try to get in.';
    return [{ id: 'unknown-network', level: 'note', text }];
  }
  return [];
}

function linkWarnings({ lifeMs, uses, approval }: ShareFacts): readonly ShareWarning[] {
  const long: ShareWarning[] =
    lifeMs > longMs
      ? [
          {
            id: 'long-life',
            level: 'warning',
            text: `The link works for ${durationWords(lifeMs)} unless you revoke it.`,
          },
        ]
      : [];
  if (uses !== null || approval) return long;
  const text = 'Anyone who gets hold of the link can use it too, as often as they like, until it ends.';
  return [...long, { id: 'open-link', level: 'note', text }];
}

function certificateWarnings({ certificate, reach }: ShareFacts): readonly ShareWarning[] {
  if (reach === 'loopback' || certificate === 'trusted') return [];
  if (certificate === 'local-authority') {
    const text =
      "A guest's browser warns until the guest has installed this computer's certificate; compare the fingerprint by telephone.";
    return [{ id: 'local-authority', level: 'note', text }];
  }
  const text =
    "Every guest's browser warns about this certificate because no authority has signed it; compare the fingerprint by telephone.";
  return [{ id: 'self-signed', level: 'warning', text }];
}
