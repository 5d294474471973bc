import { expect, test } from 'vitest';
import { applicationTitled } from '../../../../src/main/core/profiles/jupyter/applications.ts';

test('an application is known by its title', () => {
  expect(applicationTitled('Notebook')?.module).toBe('notebook');
  expect(applicationTitled('Python')).toBeNull();
});
