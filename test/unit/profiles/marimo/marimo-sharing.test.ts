import { expect, test } from 'vitest';
import { marimoSharing } from '../../../../src/main/core/profiles/marimo/marimo-sharing.ts';

const { rules } = marimoSharing;
const guest = { name: 'Ada (guest)', session: 'a1', permissions: null };

test.each([
  ['GET', '/', '', true],
  ['HEAD', '/assets/index-abc.js', '', true],
  ['GET', '/@file/12-data.csv', 'download=1&filename=data.csv', true],
  ['GET', '/health', '', true],
  ['GET', '/', 'speed=3', true],
  ['POST', '/api/kernel/set_ui_element_value', '', true],
  ['POST', '/api/kernel/function_call', '', true],
  ['GET', '/', 'file=other.py', false],
  ['GET', '/', 'a=b&%66ile=other.py', false],
  ['GET', '/', 'kiosk=true', false],
  ['GET', '/', 'access_token=x', false],
  ['POST', '/', '', false],
  ['GET', '/api/kernel/function_call', '', false],
  ['POST', '/api/kernel/instantiate', '', false],
  ['POST', '/api/kernel/run', '', false],
  ['POST', '/api/kernel/execute', '', false],
  ['POST', '/api/files/list_files', '', false],
  ['GET', '/api/files/download', 'path=x', false],
  ['GET', '/auth/token', '', false],
  ['GET', '/terminal/ws', '', false],
  ['GET', '/assets/../auth/token', '', false],
  ['GET', '/assets/%2e%2e/auth/token', '', false],
  ['GET', '/sse', 'session_id=s_1', false],
])('viewer %s %s?%s: %s', (method, path, query, allow) => {
  expect(rules.decideRequest('viewer', method, path, query).allow).toBe(allow);
  expect(rules.decideRequest('editor', method, path, query).allow).toBe(false);
});

test.each(['/auth/token', '/auth/%74oken', '/%61uth/token/', '//auth//token', '/auth%2ftoken'])(
  "%s is the owner's alone",
  path => {
    expect(rules.decideRequest('full', 'GET', path, '').allow).toBe(false);
  },
);

test.each(['/', '/api/kernel/run', '/api/files/list_files', '/auth/tokens'])('full: %s', path => {
  expect(rules.decideRequest('full', 'POST', path, 'file=x').allow).toBe(true);
});

test.each([
  ['session_id=s_1', '/ws?session_id=s_1'],
  ['session_id=s_1&file=/etc/x.py&kiosk=true&access_token=x&speed=3', '/ws?session_id=s_1&speed=3'],
  ['session_id=s_1&session_id=s_2', '/ws?session_id=s_1'],
  ['%73ession_id=s_1&%66ile=x', '/ws?session_id=s_1'],
  ['speed=a%26file%3Dx&session_id=s_1', '/ws?session_id=s_1&speed=a%26file%3Dx'],
])('the app is asked for by a viewer with %s as %s', (query, target) => {
  expect(rules.openSocket('viewer', '/ws', query, ['x'], guest)).toMatchObject({
    relay: 'filter',
    target,
    subprotocols: [],
  });
});

test.each([
  ['/ws', ''],
  ['/ws', 'session_id=a/b'],
  ['/ws', `session_id=${'x'.repeat(65)}`],
  ['/ws/', 'session_id=s_1'],
  ['/terminal/ws', 'session_id=s_1'],
  ['/ws_sync', 'session_id=s_1'],
  ['/lsp/pylsp', ''],
  ['/WS', 'session_id=s_1'],
])('a viewer does not open %s?%s', (path, query) => {
  expect(rules.openSocket('viewer', path, query, [], guest).allow).toBe(false);
});

test('what a viewer says on the socket goes nowhere', () => {
  const verdict = rules.openSocket('viewer', '/ws', 'session_id=s_1', [], guest);
  const filter = 'filter' in verdict ? verdict.filter(null) : null;
  const message = { binary: false, data: Buffer.from('{"type":"run"}') };
  expect([filter?.fromGuest(message).kind, filter?.fromServer(message).kind]).toEqual(['drop', 'pass']);
});
