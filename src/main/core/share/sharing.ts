import type { SharingAnswers } from '../answers.ts';
import { GatehouseError } from '../errors.ts';

const later = (): Promise<never> =>
  Promise.reject(new GatehouseError('not-yet', 'Sharing is being built.', { nextStep: 'Wait.' }));

export const sharing: SharingAnswers = {
  'share.preview': later,
  'share.create': later,
  'share.links': later,
  'share.revoke': later,
  'share.stop': later,
  'share.listeners': later,
  'share.people': later,
  'share.kick': later,
  'share.waiting': later,
  'share.answer': later,
  'share.certificate': later,
  'authority.info': later,
  'authority.replace': later,
  'audit.read': later,
  'audit.verify': later,
  'secret.rotate': later,
};
