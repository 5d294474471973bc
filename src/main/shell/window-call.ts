/*
 * The attack: a page that is not ours gets hold of a window that has our preload (a frame in it, a navigation
 * that slipped through, a forgotten window) and calls the core: start this command, give me that token.
 * Identity of the webContents alone does not help, it stays the same when the page changes (JupyterLab
 * Desktop, GHSA-2mr8-962v-wc67). Therefore each call shows its frame: the top one, of our exact origin, in a
 * window that we made for our pages; and the name is on a list that holds no call that answers a credential.
 * A refusal throws: an answer of nothing would look like success.
 */
import { shellCalls, windowCoreCalls, type ShellCalls, type WindowCoreCall } from '../../shared/window.ts';
import { ownOrigin } from './windows/app-pages.ts';
import { parse } from './guards/origin.ts';

export interface SenderFacts {
  /** Address of the calling frame; null when it is gone. */
  readonly frameUrl: string | null;
  readonly isTopFrame: boolean;
  /** True for windows that were made for our own pages. */
  readonly isOurWindow: boolean;
}

export class CallRefused extends Error {
  override readonly name = 'CallRefused';
}

/** Throws unless one of our own pages calls. */
export function checkSender(facts: SenderFacts): void {
  if (!facts.isOurWindow) throw new CallRefused('Refused: this window is not one of Gatehouse’s own.');
  if (!facts.isTopFrame) throw new CallRefused('Refused: a frame inside a page may not call.');
  const url = facts.frameUrl === null ? null : parse(facts.frameUrl);
  if (url === null || `${url.protocol}//${url.host}` !== ownOrigin) {
    throw new CallRefused('Refused: the page is not one of Gatehouse’s own.');
  }
}

export type WindowCall =
  | { readonly to: 'core'; readonly name: WindowCoreCall; readonly args: readonly unknown[] }
  | { readonly to: 'shell'; readonly name: keyof ShellCalls; readonly args: readonly unknown[] };

/** Says what is called, or throws. The core checks the arguments of its calls itself. */
export function parseCall(name: unknown, args: unknown): WindowCall {
  if (!Array.isArray(args) || args.length > 4)
    throw new CallRefused('Refused: the arguments are not a short list.');
  const core = windowCoreCalls.find(known => known === name);
  if (core !== undefined) return { to: 'core', name: core, args };
  const shell = shellCalls.find(known => known === name);
  if (shell !== undefined) return { to: 'shell', name: shell, args };
  throw new CallRefused('Refused: windows may not make this call.');
}

/** The one argument of the shell's calls: the id of a server, a DNS label. */
export function parseServerId(args: readonly unknown[]): string {
  const [id] = args;
  if (args.length !== 1 || typeof id !== 'string' || !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u.test(id)) {
    throw new CallRefused('Refused: the argument is not the id of a server.');
  }
  return id;
}

/** A share link as `share.create` tells it; nothing else gets onto the clipboard by this way. */
export function parseShareLink(args: readonly unknown[]): string {
  const [link] = args;
  const form = /^https:\/\/[\w.:[\]-]{1,255}\/_gatehouse\/join\/[a-z2-7]{12}#[\w-]{43}$/u;
  if (args.length !== 1 || typeof link !== 'string' || !form.test(link)) {
    throw new CallRefused('Refused: the argument is not a share link.');
  }
  return link;
}
