import { randomBytes } from 'node:crypto';
import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { defaultName, newHostLabel, newServerId } from '../../../src/main/core/launcher/server-name.ts';

test.each([
  ['thesis', /^thesis-[a-z2-9]{4}$/],
  ['Zoë’s Übung 3', /^zoe-s-ubung-3-/],
  ['日本語', /^server-/],
  ['---', /^server-/],
  ['a'.repeat(200), /^a{40}-.{4}$/],
])('%s becomes a host name', (name, wanted) => {
  expect(newServerId(name, randomBytes)).toMatch(wanted);
});

test('every name becomes one DNS label (RFC 1123, 2.1)', () => {
  assert(
    property(string({ unit: 'binary' }), name => {
      const id = newServerId(name, randomBytes);
      expect(id).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/);
      expect(newHostLabel(id, randomBytes)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/);
    }),
  );
});

test('the host name holds 60 bits that the id does not', () => {
  expect(newHostLabel('thesis-abcd', randomBytes)).toMatch(/^thesis-abcd-[a-z2-9]{12}$/);
});

test('the default name is the file that is run, the folder, or the kind of server for the home folder', () => {
  expect(defaultName('/home/a/thesis', '/home/a', 'JupyterLab', null)).toBe('thesis');
  expect(defaultName('/home/a', '/home/a', 'JupyterLab', null)).toBe('JupyterLab');
  expect(defaultName('/', '/home/a', 'JupyterLab', null)).toBe('JupyterLab');
  expect(defaultName('/home/a/work', '/home/a', 'marimo', 'notes/my curves.py')).toBe('my curves');
});
