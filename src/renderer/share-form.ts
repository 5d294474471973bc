/** What is asked for in the share window, and what of it can be sent. Pure. */
import type { Role } from '../shared/model.ts';
import type { SharePreviewRequest, ShareRequest } from '../shared/share-model.ts';

export interface ShareForm {
  readonly role: Role;
  readonly label: string;
  /** One of `lifeChoices`, or `custom`. */
  readonly life: string;
  readonly customHours: string;
  /** '' for any number. */
  readonly uses: string;
  readonly approval: boolean;
  /** '' as the setting says. */
  readonly listen: string;
  readonly acknowledged: boolean;
}

export const lifeChoices = [
  ['3600', '1 hour'],
  ['28800', '8 hours'],
  ['86400', '1 day'],
  ['604800', '1 week'],
  ['custom', 'Another time…'],
] as const;

export const emptyForm: ShareForm = {
  role: 'viewer',
  label: '',
  life: '86400',
  customHours: '24',
  uses: '',
  approval: false,
  listen: '',
  acknowledged: false,
};

/** A change of what is asked for takes the acknowledgement back: it was given for something else. */
export function changeForm(form: ShareForm, change: Partial<ShareForm>): ShareForm {
  const keeps = Object.keys(change).every(key => key === 'acknowledged' || key === 'label');
  return { ...form, ...(keeps ? {} : { acknowledged: false }), ...change };
}

function secondsOf({ life, customHours }: ShareForm): number | null {
  const seconds = life === 'custom' ? Math.round(Number(customHours) * 3600) : Number(life);
  return Number.isFinite(seconds) && seconds >= 60 ? seconds : null;
}

function usesOf({ uses }: ShareForm): number | null | undefined {
  if (uses.trim() === '') return null;
  return /^\d{1,5}$/.test(uses.trim()) && Number(uses) >= 1 ? Number(uses) : undefined;
}

/** Null while something in it cannot be meant. */
export function previewRequest(form: ShareForm, server: string): SharePreviewRequest | null {
  const expiresSeconds = secondsOf(form);
  const uses = usesOf(form);
  if (expiresSeconds === null || uses === undefined) return null;
  const { role, approval, listen } = form;
  return { server, role, expiresSeconds, uses, approval, ...(listen === '' ? {} : { listen }) };
}

export function shareRequest(form: ShareForm, server: string): ShareRequest | null {
  const preview = previewRequest(form, server);
  const label = form.label.trim();
  if (preview === null || label === '') return null;
  return { ...preview, label, group: null, acknowledged: form.acknowledged };
}

/** What is wrong with the form, one sentence; '' for nothing. */
export function formProblem(form: ShareForm): string {
  if (secondsOf(form) === null) return 'Enter for how many hours the link works, at least a minute.';
  if (usesOf(form) === undefined)
    return 'Enter the number of uses as a whole number, or leave the field empty.';
  return '';
}
