import { expect, test } from 'vitest';
import { customServerSchema, profileFileSchema } from '../../src/main/core/custom-schema.ts';

const whole = {
  base: '/app/',
  headers: { 'X-Site': 'lab' },
  secondPort: {
    path: '/.app/live',
    rewrites: [
      { paths: ['/app/'], type: 'text/html', texts: [{ from: `port: {port2}`, to: `port: "{port}{path}"` }] },
    ],
  },
  readyPath: '/app/health?full=1',
  readyText: 'up',
  stop: { method: 'POST', path: '/app/shutdown' },
  uploads: ['image/*', 'application/json', 'multipart/form-data', 'application/x-hdf5'],
  roles: {
    viewer: { requests: ['GET /', 'GET /app/**', 'GET /app/*/x'], sockets: ['/.app/live', '/ws/*'] },
    editor: { requests: ['POST /app/data/*'] },
  },
  https: true,
  passesAuthorization: true,
};

test('all of it', () => {
  expect(profileFileSchema.parse(whole)).toEqual(whole);
  expect(customServerSchema.parse({})).toEqual({});
});

test.each<[string, object, string]>([
  ['an unknown word', { bse: '/x/' }, ''],
  ['a base without slashes', { base: '/app' }, 'base'],
  ['a base with an empty piece', { base: '//app/' }, 'base'],
  ['a base with an escape', { base: '/a%2e/' }, 'base'],
  ['a credential', { headers: { Authorization: 'Bearer x' } }, 'headers.Authorization'],
  ['a header of the gateway', { headers: { 'X-Forwarded-For': '1' } }, 'headers.X-Forwarded-For'],
  ['a header in underscores', { headers: { X_Forwarded_For: '1' } }, 'headers.X_Forwarded_For'],
  ['a header of two lines', { headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers.X-A'],
  ['a second port below our pages', { secondPort: { path: '/_gatehouse/x' } }, 'secondPort.path'],
  ['a second port on the root', { secondPort: { path: '/' } }, 'secondPort.path'],
  ['a stop to another host', { stop: { method: 'POST', path: 'http://x/' } }, 'stop.path'],
  ['a stop of two lines', { stop: { method: 'POST', path: '/x\r\nA: b' } }, 'stop.path'],
  ['a stop by another method', { stop: { method: 'PURGE', path: '/' } }, 'stop.method'],
  ['pages as uploads', { uploads: ['text/html'] }, 'uploads.0'],
  ['pictures that are pages', { uploads: ['image/svg+xml'] }, 'uploads.0'],
  ['scripts', { uploads: ['text/javascript'] }, 'uploads.0'],
  ['everything', { uploads: ['*/*'] }, 'uploads.0'],
  ['every text', { uploads: ['text/*'] }, 'uploads.0'],
  ['a role that is none', { roles: { admin: { requests: ['GET /'] } } }, 'roles'],
  ['a full role', { roles: { full: { requests: ['GET /'] } } }, 'roles'],
  ['a role of nothing', { roles: { viewer: { requests: [] } } }, 'roles.viewer.requests'],
  ['a pattern without a method', { roles: { viewer: { requests: ['/x'] } } }, 'roles.viewer.requests.0'],
  ['a pattern of all methods', { roles: { viewer: { requests: ['* /x'] } } }, 'roles.viewer.requests.0'],
  ['a star within a piece', { roles: { viewer: { requests: ['GET /x*'] } } }, 'roles.viewer.requests.0'],
  ['two stars in the middle', { roles: { viewer: { requests: ['GET /**/x'] } } }, 'roles.viewer.requests.0'],
  ['a step up', { roles: { viewer: { requests: ['GET /a/../b'] } } }, 'roles.viewer.requests.0'],
  ['an escape', { roles: { viewer: { requests: ['GET /%61'] } } }, 'roles.viewer.requests.0'],
  [
    'a socket with a method',
    { roles: { viewer: { requests: ['GET /'], sockets: ['GET /ws'] } } },
    'roles.viewer.sockets.0',
  ],
])('%s is refused, with its place', (_what, value, where) => {
  const { error } = customServerSchema.safeParse(value);
  expect(error?.issues[0]?.path.join('.')).toBe(where);
});
