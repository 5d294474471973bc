/** The words of sharing in the windows. Pure. */
import type { ShareLinkInfo } from '../shared/share-model.ts';
import { duration } from './words.ts';

export function usesWords(usesLeft: number | null): string {
  if (usesLeft === null) return 'any number of times';
  return usesLeft === 1 ? 'once' : `${usesLeft} times`;
}

/** `until tomorrow, 14:30`, in the clock of the person who looks. */
export function untilWords(iso: string, now = Date.now()): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const days = Math.floor((at.getTime() - midnight.getTime()) / 86_400_000);
  if (days === 0) return `until today, ${time}`;
  if (days === 1) return `until tomorrow, ${time}`;
  return `until ${at.toLocaleDateString([], { day: 'numeric', month: 'long' })}, ${time}`;
}

const states: Readonly<Record<ShareLinkInfo['state'], string>> = {
  open: 'works',
  revoked: 'revoked',
  expired: 'expired',
  'used-up': 'used up',
};

/** What is left of a link. */
export function linkWords(link: ShareLinkInfo, now: number): string {
  if (link.state !== 'open') return states[link.state];
  const left = duration(Date.parse(link.expiresAt) - now);
  const uses = link.usesLeft === null ? '' : `, ${usesWords(link.usesLeft)} more`;
  return `works for ${left}${uses}${link.approval ? ', you approve each guest' : ''}`;
}

export function guestCount(people: number): string {
  return people === 1 ? '1 guest' : `${people} guests`;
}

/** `shared: 3 links, 2 guests`; '' for a server that is not shared. */
export function sharedWords(links: number, people: number): string {
  if (links === 0 && people === 0) return '';
  const counts = [
    ...(links > 0 ? [`${links} ${links === 1 ? 'link' : 'links'}`] : []),
    ...(people > 0 ? [guestCount(people)] : []),
  ];
  return `shared: ${counts.join(', ')}`;
}
