/**
 * What both guards are made of: named checks in one order each, so that the order is data. Every check sees
 * values and answers, or finds nothing and leaves the request to the next one.
 */
import { redirectAnswer, type Answer } from '../http-answer.ts';
import { coversOwnPages } from '../own-path.ts';
import type { Facts } from './facts.ts';
import { workerRemoval } from './user-content.ts';

export interface Check<A, R = Answer> {
  readonly name: string;
  /** Null where this check has nothing against the request. */
  readonly find: (asked: A) => R | null;
}

/** What the first check that finds something finds; null where none does. */
export function firstFinding<A, R>(checks: readonly Check<A, R>[], asked: A): R | null {
  for (const { find } of checks) {
    const found = find(asked);
    if (found !== null) return found;
  }
  return null;
}

/** What the guards know of the server: `GatewayUpstream` is one. */
export interface GuardedServer {
  /** Path of the server's first page; `/` where that is the first page. */
  readonly landing: string;
  /** Why the server may not be asked for a path, by its profile; null where it may. */
  closed(path: string): string | null;
  /** Whether a path hands out what people have uploaded. */
  isUserContent(path: string): boolean;
}

/** A request whose credential is right. */
export interface Authorized {
  readonly facts: Facts;
  readonly server: GuardedServer;
}

/** How a gateway refuses what the checks of both find. */
export interface SharedRefusals<A> {
  closed(asked: A, why: string): Answer;
  originWorker(asked: A): Answer;
  /** Writes down what `workerRemoval` answers. */
  noteUploadedWorker(asked: A): void;
}

/** The checks of a request with a right credential that both gateways make. */
export function sharedChecks<A extends Authorized>(
  refusals: SharedRefusals<A>,
): Readonly<Record<'closedPath' | 'originWorker' | 'uploadedWorker' | 'firstPage', Check<A>>> {
  return {
    closedPath: {
      name: 'a path that the profile has closed',
      find(asked) {
        const why = asked.server.closed(asked.facts.path);
        return why === null ? null : refusals.closed(asked, why);
      },
    },
    originWorker: {
      name: 'a service worker of the whole origin',
      find: asked =>
        asked.facts.workerScript && coversOwnPages(asked.facts.path) ? refusals.originWorker(asked) : null,
    },
    uploadedWorker: {
      name: 'a service worker that was uploaded',
      find(asked) {
        if (!asked.facts.workerScript || !asked.server.isUserContent(asked.facts.path)) return null;
        refusals.noteUploadedWorker(asked);
        return workerRemoval;
      },
    },
    firstPage: {
      name: 'the first page is elsewhere',
      find: ({ facts, server }) =>
        facts.navigation && facts.target === '/' && server.landing !== '/'
          ? redirectAnswer(303, facts.ownOrigin + server.landing)
          : null,
    },
  };
}
