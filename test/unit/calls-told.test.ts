/*
 * What a person is told of a wrong argument: which option it was, and what it has to be; never a schema's own
 * words.
 */
import { expect, test } from 'vitest';
import { answer, type Answers } from '../../src/main/core/calls.ts';

const share = { server: 'a', role: 'viewer', expiresSeconds: 60, uses: 1, approval: false };
const link = { ...share, label: 'Ada', acknowledged: true };
const start = { profile: 'jupyter' };

const rows: readonly [string, unknown[], string][] = [
  [
    'share.preview',
    [{ ...share, expiresSeconds: 0 }],
    'The lifetime of the link, in seconds (--expires) must be more than 0.',
  ],
  ['share.preview', [{ ...share, role: 'owner' }], 'The role (--role) must be one of viewer, editor, full.'],
  ['share.preview', [{ ...share, listen: '' }], 'The network (--listen) must not be empty.'],
  [
    'share.preview',
    [{ ...share, send: [''] }],
    'The list of types that may be sent (--send), at 0, must not be empty.',
  ],
  [
    'share.create',
    [{ ...link, label: 'x'.repeat(101) }],
    'The label of the link (--for) must have at most 100 characters.',
  ],
  ['share.create', [{ ...link, label: 'a\nb' }], 'The label of the link (--for) holds a control character.'],
  ['share.create', [{ ...link, opens: 'https://evil' }], 'The page (--open) is not the path of a page.'],
  ['server.begin', [{ ...start, name: '' }], 'The name (--name) must not be empty.'],
  ['server.begin', [{ ...start, found: '' }], 'The installation (--env) must not be empty.'],
  ['server.begin', [{ ...start, folder: 'x' }], 'The folder (--folder) is not an absolute path.'],
  [
    'server.begin',
    [{ ...start, readySeconds: 0 }],
    'The time for a start, in seconds (--ready-seconds) must be at least 1.',
  ],
  ['server.begin', [{ ...start, command: [] }], 'The command must not be empty.'],
  ['server.logs', ['a', { lines: 0.5 }], 'The number of lines (--lines) must be a whole number.'],
  ['server.stop', ['../etc'], 'An argument of server.stop is not a server id.'],
];

test.each(rows)('%s %j', async (name, args, message) => {
  await expect(answer({} as Answers, name, args)).rejects.toMatchObject({ code: 'bad-arguments', message });
});
