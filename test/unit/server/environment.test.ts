import { expect, test } from 'vitest';
import { cleanEnvironment } from '../../../src/main/core/server/environment.ts';

test.each([
  'PATH',
  'HOME',
  'LC_CTYPE',
  'XDG_RUNTIME_DIR',
  'https_proxy',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'VIRTUAL_ENV',
  'SystemRoot',
  'SYSTEMROOT',
])('%s passes', name => {
  expect(cleanEnvironment({ [name]: 'x' })).toEqual({ [name]: 'x' });
});

const never = [
  'NODE_OPTIONS',
  'LD_PRELOAD',
  'PYTHONSTARTUP',
  'GATEHOUSE_TOKEN',
  'GATEHOUSE_RUN',
  'JUPYTER_TOKEN',
  'ELECTRON_RUN_AS_NODE',
  'DYLD_INSERT_LIBRARIES',
  'BASH_ENV',
  'gatehouse_token',
];

test.each([...never, 'AWS_SECRET_ACCESS_KEY', 'PATHS', 'MY_PATH'])('%s does not', name => {
  expect(cleanEnvironment({ [name]: 'x' })).toEqual({});
});

test('a setting may add a name, but none that decides what is loaded or opened', () => {
  const from = Object.fromEntries([...never, 'LICENSE_SERVER'].map(name => [name, 'x']));
  expect(cleanEnvironment(from, Object.keys(from))).toEqual({ LICENSE_SERVER: 'x' });
});

test('what is not set stays unset', () => {
  expect(cleanEnvironment({ PATH: undefined })).toEqual({});
});

test.each([
  ['/tmp/.mount_g/usr/lib:/opt/cuda/lib', '/opt/cuda/lib'],
  ['/tmp/.mount_g', undefined],
  ['/tmp/.mount_green/lib', '/tmp/.mount_green/lib'],
])('of an AppImage only the system is left: %s', (value, wanted) => {
  const clean = cleanEnvironment({ APPDIR: '/tmp/.mount_g', LD_LIBRARY_PATH: value });
  expect(clean).toEqual(wanted === undefined ? {} : { LD_LIBRARY_PATH: wanted });
});
