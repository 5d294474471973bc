/** What the banner in a guest's pages says. */
import type { BannerWords } from '../../../../../pages/given.ts';
import type { GuestSessionEnded } from '../../../../../shared/share-model.ts';

type OutWords = BannerWords['out'][string];

const openAgain = 'If your link still works, open it again; otherwise ask the owner for a new one.';
const askOwner = 'If you still need to get in, ask the owner for a new link.';
const ended: OutWords = {
  title: 'The owner removed you',
  text: openAgain,
};

/** By the reason that `/_gatehouse/me` answers with. */
const out: Record<GuestSessionEnded['reason'] | 'ended' | 'unknown', OutWords> = {
  revoked: { title: 'The owner revoked your link', text: `It no longer works. ${askOwner}` },
  ended,
  'ended-by-owner': ended,
  expired: { title: 'Your link has expired', text: `A link works until a set time. ${askOwner}` },
  idle: {
    title: 'You were away for too long',
    text: `A session without activity ends. ${openAgain}`,
  },
  over: {
    title: 'Your session has reached its time limit',
    text: `Every session has a maximum duration. ${openAgain}`,
  },
  left: { title: 'You have left', text: `You left in another tab or window of this browser. ${openAgain}` },
  unknown: { title: 'Your session has ended', text: openAgain },
};

export const bannerWords = {
  out,
  /** Below the title of each. */
  unsaved: 'Unsaved changes in this page can no longer be saved. You can close the page.',
} as const satisfies BannerWords;
