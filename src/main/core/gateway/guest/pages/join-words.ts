/** What the page of a share link says. `{owner}` is the owner's name, where the guest has been told it. */
import type { JoinWords } from '../../../../../pages/given.ts';
import type { NoEntry } from '../../../share-ports.ts';

const askForNew = 'Ask the person who sent it for a new one.';

/**
 * `no-such-link` is for an unknown link and for a wrong secret alike; the rest is only told to somebody who
 * holds the secret.
 */
const refusals = {
  'no-cookies': {
    title: 'This browser keeps no cookies for this address',
    text: [
      'A browser stays in by a cookie, and the one that was just set did not come back. Your link has not been used up: it still works, in any browser.',
      'Allow cookies for this address in the settings of the browser and try again, or open the link in another browser.',
    ],
    again: true,
  },
  'no-such-link': {
    title: 'This link does not open anything',
    text: [
      'It is not complete, was mistyped, or is not known here. Copy the whole link and open it again.',
      askForNew,
    ],
    again: false,
  },
  revoked: {
    title: 'This link was taken back',
    text: [
      '{owner} has ended it, and it will not work again.',
      'If you still need to get in, ask for a new link.',
    ],
    again: false,
  },
  expired: {
    title: 'This link’s time is over',
    text: ['A link works until a set time, and that has passed.', askForNew],
    again: false,
  },
  'used-up': {
    title: 'This link has been used',
    text: [
      'It lets in a set number of browsers, and as many have come in. If you came in with this browser, it may still be in.',
      askForNew,
    ],
    again: false,
  },
  denied: {
    title: '{owner} did not let you in',
    text: ['Nothing was opened. If that is a mistake, speak with the person who sent you the link.'],
    again: false,
  },
  'wait-over': {
    title: 'Nobody has answered',
    text: [
      '{owner} may be away from the computer. What you asked has lapsed; you can ask again.',
      'It helps to tell the person who sent you the link that you are waiting.',
    ],
    again: true,
  },
  'too-many-guests': {
    title: 'There is no room at the moment',
    text: [
      'As many guests are in as can be at one time. Try again when somebody has left, or ask the person who sent you the link.',
    ],
    again: true,
  },
  'too-many-waiting': {
    title: 'Too many are waiting at the moment',
    text: ['{owner} has not yet answered those who came before. Try again in a few minutes.'],
    again: true,
  },
  'name-missing': {
    title: 'A name is needed',
    text: ['This link asks for your name. Open it again and give one.'],
    again: true,
  },
} as const satisfies Record<NoEntry | 'no-cookies', JoinWords['refusals'][string]>;

export const joinWords = {
  refusals,
  looking: 'Looking at your link',
  half: {
    title: 'Only half of the link has arrived',
    text: [
      'The part behind “#” is missing, and that part is the key. Copy the whole link, to its very end, and open it again.',
      'A page that has been reloaded also lacks it: the key is taken out of the address bar at once, so that it stays in no history.',
    ],
  },
  unreachable: {
    title: 'The computer does not answer',
    text: [
      'It may be asleep or switched off, or you may be on another network than it is. Nothing is known of your link.',
      'Check that you are on the right network, then try again.',
    ],
  },
  tooMany: {
    title: 'Too many tries',
    text: 'So many tries came from your network, or by your link, that this computer waits a little. Your link is not harmed. Try again in {wait}.',
  },
  notNow: {
    title: 'You cannot be let in just now',
    text: ['Try again in a minute. If it stays like this, tell the person who sent you the link.'],
  },
  odd: {
    title: 'The computer answered something unexpected',
    text: 'Its answer was {status}. Try again; if it stays like this, tell the person who sent you the link.',
  },
  nameMissing: 'Give a name, so that the owner knows who is there.',
  nameHint: '{owner} sees it, and so may others who work there.',
  approval: '{owner} lets each guest in. Once you have asked, keep this page open.',
  runsCode: 'Code that you run here runs as {owner}, on {owner}’s computer.',
  seen: '{owner} sees that you are here, from which address and with which browser, and can end your visit at any time.',
  certificate: 'This computer’s certificate (opens in a new tab)',
  waiting: {
    title: 'Waiting for {owner}',
    text: '{owner} has been asked whether to let you in. Keep this page open: it goes on by itself.',
    lost: 'The connection to the computer is lost at the moment. This page keeps trying.',
  },
} as const satisfies JoinWords;
