import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matlabSharing } from '../../../../src/main/core/profiles/matlab/matlab-sharing.ts';

const guest = { name: 'Ada (guest)', session: 'a1', permissions: null };

const { rules, notOffered } = matlabSharing('');
const based = matlabSharing('/lab/m').rules;

test.each<[string, string, string, boolean]>([
  ['GET', '/', '', true],
  ['GET', '/index.html', '', true],
  ['GET', '/get_status', 'IS_DESKTOP=TRUE&MWI_CLIENT_ID=x&TRANSFER_SESSION=true', true],
  ['GET', '/get_env_config', '', true],
  ['POST', '/authenticate', '', true],
  ['POST', '/clear_client_id', '', true],
  ['POST', '/messageservice/json/secure', '', true],
  ['GET', '/ui/webgui/src/index-jsd-cr.html', 'a=%2e%2e', true],
  ['HEAD', '/static/js/index.js', '', true],
  ['GET', '/100%25.txt', '', true],
  ['DELETE', '/stop_matlab', '', false],
  ['DELETE', '/%73top_matlab', '', false],
  ['DELETE', '/shutdown_integration', '', false],
  ['PUT', '/start_matlab', '', false],
  ['PUT', '/set_licensing_info', '', false],
  ['DELETE', '/set_licensing_info', '', false],
  ['PUT', '/update_entitlement', '', false],
  ['PATCH', '/x', '', false],
  ['OPTIONS', '/x', '', false],
  ['PROPFIND', '/x', '', false],
  ['GET', '/get_auth_token', '', false],
  ['GET', '/get%5Fauth%5ftoken', '', false],
  ['GET', '/get%255fauth_token', '', false],
  ['GET', '/GET_AUTH_TOKEN', '', false],
  ['GET', '/x/..;/get_auth_token', '', false],
  ['GET', '//get_auth_token', '', false],
  ['GET', '/x/%2e%2e/y', '', false],
  ['POST', '/x', '_method=DELETE', false],
  ['POST', '/x', 'x-http-method-override=DELETE', false],
  ['GET', '/%25252525252541', '', false],
])('a guest: %s %s?%s %s', (method, path, query, allow) => {
  expect(rules.decideRequest('full', method, path, query)).toMatchObject({ allow });
});

test.each([
  ['/lab/m', true],
  ['/lab/m/', true],
  ['/lab/m/get_status', true],
  ['/lab/m/get_auth_token', false],
  ['/lab/matlab', false],
  ['/', false],
  ['/get_status', false],
])('below a path of the owner’s own: %s %s', (path, allow) => {
  expect(based.decideRequest('full', 'GET', path, '')).toMatchObject({ allow });
  expect(based.openSocket('full', path, '', [], guest)).toMatchObject({ allow });
});

test('nobody is a viewer or an editor, with the reason', () => {
  for (const role of ['viewer', 'editor'] as const) {
    expect(rules.decideRequest(role, 'GET', '/get_status', '')).toMatchObject({
      allow: false,
      reason: 'role',
    });
    expect(rules.openSocket(role, '/x', '', [], guest)).toMatchObject({ allow: false, reason: 'role' });
    expect(notOffered.find(one => one.role === role)?.reason).toMatch(/no guest can only view/);
  }
});

test('no spelling of a route of the owner’s passes', () => {
  const routes = [
    'stop_matlab',
    'start_matlab',
    'shutdown_integration',
    'set_licensing_info',
    'get_auth_token',
  ];
  const spelled = fc.constantFrom(...routes).chain(route =>
    fc.array(fc.boolean(), { minLength: route.length, maxLength: route.length }).map(escaped =>
      route
        .split('')
        .map((letter, at) =>
          escaped[at] === true ? `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}` : letter,
        )
        .join(''),
    ),
  );
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD');
  fc.assert(
    fc.property(spelled, methods, (path, method) => {
      expect(rules.decideRequest('full', method, `/${path}`, '').allow).toBe(false);
      expect(rules.openSocket('full', `/${path}`, '', [], guest).allow).toBe(false);
    }),
  );
});

test('what a guest can do is said', async () => {
  const [offer, ...more] = await matlabSharing('').offers(null, AbortSignal.timeout(1000));
  expect([offer?.role, offer?.runsCode, more]).toEqual(['full', true, []]);
  expect(offer?.note).toMatch(/can end MATLAB too/);
});
