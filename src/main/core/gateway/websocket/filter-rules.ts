import type { SocketVerdict } from '../../role-ports.ts';
import type { WorkShare } from '../guest/guest-work.ts';

export type FilterVerdict = Extract<SocketVerdict, { readonly relay: 'filter' }>;

/** How the messages of one guest's WebSocket are judged. */
export interface FilterRules {
  readonly verdict: FilterVerdict;
  /** A message was not passed on. */
  dropped(reason: string): void;
  /** Counts one message of the guest, by its length; false when there were too many. Absent: any number. */
  readonly admits?: ((bytes: number) => boolean) | undefined;
  /**
   * What the guest may use of the core for this socket. @param giveWay closes the socket, which keeps too
   * many bytes
   */
  share(giveWay: () => void): WorkShare;
}
