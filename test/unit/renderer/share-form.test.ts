import { expect, test } from 'vitest';
import {
  changeForm,
  emptyForm,
  formProblem,
  previewRequest,
  shareRequest,
} from '../../../src/renderer/share-form.ts';

test('what is asked for at first is the least: a viewer, for a day', () => {
  expect(previewRequest(emptyForm, 'thesis')).toEqual({
    server: 'thesis',
    role: 'viewer',
    expiresSeconds: 86_400,
    uses: null,
    approval: false,
  });
});

test('nothing is made without a word for whom it is', () => {
  expect(shareRequest(emptyForm, 'thesis')).toBeNull();
  expect(shareRequest({ ...emptyForm, label: '  ' }, 'thesis')).toBeNull();
  expect(shareRequest({ ...emptyForm, label: ' Ada ' }, 'thesis')).toMatchObject({
    label: 'Ada',
    acknowledged: false,
  });
});

test.each([
  [{ uses: '3' }, { uses: 3 }],
  [{ uses: ' ' }, { uses: null }],
  [{ life: 'custom', customHours: '1.5' }, { expiresSeconds: 5400 }],
  [{ listen: '127.0.0.1' }, { listen: '127.0.0.1' }],
])('%j is understood', (change, wanted) => {
  expect(previewRequest({ ...emptyForm, ...change }, 'thesis')).toMatchObject(wanted);
  expect(formProblem({ ...emptyForm, ...change })).toBe('');
});

test.each([
  { uses: '0' },
  { uses: 'x' },
  { uses: '1.5' },
  { life: 'custom', customHours: '' },
  { life: 'custom', customHours: '-1' },
])('%j is not, and that is said', change => {
  expect(previewRequest({ ...emptyForm, ...change }, 'thesis')).toBeNull();
  expect(formProblem({ ...emptyForm, ...change })).not.toBe('');
});

test('an acknowledgement is for what was on the screen', () => {
  const given = changeForm({ ...emptyForm, role: 'editor' }, { acknowledged: true });
  expect(changeForm(given, { label: 'Ada' }).acknowledged).toBe(true);
  expect(changeForm(given, { role: 'full' }).acknowledged).toBe(false);
  expect(changeForm(given, { life: '604800' }).acknowledged).toBe(false);
});
