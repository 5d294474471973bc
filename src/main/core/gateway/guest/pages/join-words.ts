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
      'A cookie keeps a browser signed in, and this browser did not send back the one that was just set. Your link has not been used: it still works, in any browser.',
      'Allow cookies for this address in the settings of the browser and try again, or open the link in another browser.',
    ],
    again: true,
  },
  'no-such-link': {
    title: 'This link does not open anything',
    text: [
      'It is incomplete, was mistyped, or is unknown here. Copy the whole link and open it again.',
      askForNew,
    ],
    again: false,
  },
  revoked: {
    title: 'This link has been revoked',
    text: [
      '{owner} has ended it, and it will not work again.',
      'If you still need to get in, ask for a new link.',
    ],
    again: false,
  },
  expired: {
    title: 'This link has expired',
    text: ['A link works until a set time, and that has passed.', askForNew],
    again: false,
  },
  'used-up': {
    title: 'This link has been used',
    text: [
      'It lets in a set number of browsers, and that number has been reached. If you joined with this browser, your session may still be open.',
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
      '{owner} may be away from the computer. Your request has expired; you can ask again.',
      'It helps to tell the person who sent you the link that you are waiting.',
    ],
    again: true,
  },
  'too-many-guests': {
    title: 'Too many guests at the moment',
    text: [
      'The maximum number of guests has been reached. Try again when somebody has left, or ask the person who sent you the link.',
    ],
    again: true,
  },
  'too-many-waiting': {
    title: 'Too many guests are waiting',
    text: ['{owner} has not yet answered those who asked before you. Try again in a few minutes.'],
    again: true,
  },
  'name-missing': {
    title: 'A name is needed',
    text: ['This link asks for your name. Open it again and enter one.'],
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
      'It is missing from a reloaded page too: the key is removed from the address bar at once, so that no history keeps it.',
    ],
  },
  unreachable: {
    title: 'The computer does not answer',
    text: [
      'It may be asleep or switched off, or you may be on a different network. Your link has not been checked.',
      'Check that you are on the right network, then try again.',
    ],
  },
  tooMany: {
    title: 'Too many attempts',
    text: 'Too many attempts came from your network or with your link. Your link is not affected. Try again in {wait}.',
  },
  notNow: {
    title: 'You cannot be let in just now',
    text: ['Try again in a minute. If this continues, tell the person who sent you the link.'],
  },
  odd: {
    title: 'The computer gave an unexpected answer',
    text: 'Its answer was {status}. Try again; if this continues, tell the person who sent you the link.',
  },
  nameMissing: 'Enter a name, so that the owner knows who you are.',
  nameHint: '{owner} sees it, and others who work there may see it too.',
  approval: '{owner} approves each guest. After you have asked, keep this page open.',
  runsCode: 'Code that you run here runs as {owner}, on {owner}’s computer.',
  seen: '{owner} sees that you are here, from which address and with which browser, and can remove you at any time.',
  certificate: 'This computer’s certificate (opens in a new tab)',
  waiting: {
    title: 'Waiting for {owner}',
    text: '{owner} has been asked whether to let you in. Keep this page open: it continues once there is an answer.',
    lost: 'The connection to the computer is lost at the moment. This page keeps trying.',
  },
} as const satisfies JoinWords;
