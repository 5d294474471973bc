import { expect, test } from 'vitest';
import { describeMatlab, matlabTableText, matlabUrlsText } from '../../../src/main/cli/matlab-list.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';

const server: ServerInfo = {
  id: 'thesis',
  name: 'Thesis',
  profile: 'matlab',
  title: 'MATLAB (matlab-proxy) 0.35.0',
  origin: 'PATH; MATLAB R2024b',
  folder: '/home/ada',
  state: 'ready',
  reason: '',
  caveat: null,
  folderTrusted: false,
  trustChanged: false,
  url: 'http://thesis.localhost:4001/m/',
  pid: 2,
  startedAt: new Date(2026, 10, 5, 9, 8, 7).toISOString(),
};

test('the address is in the form of matlab-proxy, with and without base path and token', () => {
  const listed = describeMatlab(server, 'http://127.0.0.1:4001/m/?token=abc');
  expect(listed).toEqual({
    created_on: '05/11/26 09:08:07',
    matlab_version: 'R2024b',
    session_name: 'Thesis',
    server_url: 'http://127.0.0.1:4001/m?mwi-auth-token=abc',
  });
  expect(describeMatlab(server, 'https://127.0.0.1:4001/').server_url).toBe('https://127.0.0.1:4001');
  expect(describeMatlab({ ...server, origin: 'PATH; no MATLAB on PATH' }, 'http://a/').matlab_version).toBe(
    'MATLAB',
  );
});

test('the table has its columns, the quiet list an address a line', () => {
  const one = describeMatlab(server, 'http://127.0.0.1:4001/?token=abc');
  const two = { ...one, server_url: 'http://127.0.0.1:4002' };
  expect(matlabUrlsText([one, two])).toBe(`${one.server_url}\n${two.server_url}`);
  expect(matlabUrlsText([])).toBe('');
  const lines = matlabTableText([one, two]).split('\n');
  expect(lines[0]?.trim()).toBe('MATLAB Proxy Servers');
  expect(lines[3]).toMatch(/^┃ Created On +┃ Version ┃ Session Name ┃ Server URL +┃$/);
  expect(lines[5]).toMatch(
    /^│ 05\/11\/26 09:08:07 │ R2024b +│ Thesis +│ http:\/\/127.0.0.1:4001\?mwi-auth-token=abc │$/,
  );
  expect(new Set(lines.slice(1).map(line => line.length)).size).toBe(1);
  expect(matlabTableText([])).toMatch(/No servers found\.$/);
});
