/** What the banner in a guest's pages says. */
import type { BannerWords } from '../../../../../pages/given.ts';
import type { GuestSessionEnded } from '../../../../../shared/sharing.ts';

type OutWords = BannerWords['out'][string];

const openAgain = 'If your link is still good, open it again; otherwise ask the owner for a new one.';
const askOwner = 'If you still need to get in, ask the owner for a new link.';
const ended: OutWords = {
  title: 'The owner ended your visit',
  text: `Your link may still be good. ${openAgain}`,
};

/** By the reason that `/_gatehouse/me` answers with. */
const out: Record<GuestSessionEnded['reason'] | 'ended' | 'unknown', OutWords> = {
  revoked: { title: 'The owner took your link back', text: `The link does not work any more. ${askOwner}` },
  ended,
  'ended-by-owner': ended,
  expired: { title: 'Your link’s time is over', text: `A link works until a set time. ${askOwner}` },
  idle: {
    title: 'You were away for long',
    text: `A visit in which nothing happens ends by itself. ${openAgain}`,
  },
  over: { title: 'Your visit’s time is over', text: `A visit has a longest time. ${openAgain}` },
  left: { title: 'You have left', text: `You left in another tab or window of this browser. ${openAgain}` },
  'server-forgotten': {
    title: 'This server is not shared any more',
    text: 'The owner has removed it from Gatehouse.',
  },
  unknown: { title: 'You are not in any more', text: `Your visit has ended. ${openAgain}` },
};

export const bannerWords = {
  out,
  /** Below the title of each. */
  unsaved: 'What you had not saved in this page cannot be saved now. You can close it.',
} as const satisfies BannerWords;
