/** Errors about a home that another computer or process owns. */
import type { Computer } from './computer.ts';
import { GatehouseError } from '../errors.ts';
import { shellWord } from '../shell-word.ts';

export interface OwnerWords {
  readonly pid: number;
  readonly version: string;
  readonly place: string;
  readonly computer: Computer;
  /** Its last sign of life, milliseconds since the epoch; null where that is not known. */
  readonly seen: number | null;
}

/** `Gatehouse 1.0.0 on node1 (process 7, in the background; last sign of life 3 s ago)` */
export function ownerText({ pid, version, place, computer, seen }: OwnerWords): string {
  const sign = seen === null ? '' : `; last sign of life ${ago(Date.now() - seen)}`;
  return `Gatehouse ${version} on ${computer.name} (process ${pid}, ${place}${sign})`;
}

/** @param here name of this computer */
export function homeInUse(owner: OwnerWords, here: string): GatehouseError {
  const folder = shellWord(`.gatehouse-${here}`);
  return new GatehouseError('home-in-use', `This home belongs to ${ownerText(owner)} now.`, {
    kind: 'refused',
    nextStep: `Use it there, or end it there with \`gatehouse quit\`. To work here at the same time, give this computer a home of its own: \`export GATEHOUSE_HOME=~/${folder}\`. If ${owner.computer.name} is gone for good, \`gatehouse takeover\` takes the home from it.`,
  });
}

export function homeLost(owner: OwnerWords | null): GatehouseError {
  const who = owner === null ? 'Somebody' : ownerText(owner);
  return new GatehouseError('home-lost', `${who} has taken this home over, so nothing was written.`, {
    kind: 'refused',
    nextStep: 'Continue there. Here, Gatehouse stops its servers and quits.',
  });
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
