import { expect, test } from 'vitest';
import type { Verdict } from '../../../../src/main/core/gateway/request/authorize.ts';
import { TrustedProxies } from '../../../../src/main/core/gateway/request/trusted-proxies.ts';
import { redirectAnswer } from '../../../../src/main/core/gateway/http-answer.ts';
import { connectionOf } from '../../../../src/main/core/gateway/listen/connection.ts';
import type { Decision as DecisionOf } from '../../../../src/main/core/gateway/listen/http-server.ts';
import { guard, type OwnerGuardContext } from '../../../../src/main/core/gateway/owner/owner-guard.ts';
import { makeHosts } from '../../../../src/main/core/gateway/request/hosts.ts';

type Decision = DecisionOf<Verdict & { readonly open: true }>;

const open: Verdict = { open: true, session: null, by: 'authorization' };

const byQuery: Verdict = { open: true, session: null, by: 'query' };

function decide(
  url: string,
  verdict: Verdict,
  options: { host?: string; headers?: string[]; upgrade?: boolean; limited?: boolean; method?: string } = {},
): Decision {
  const context: OwnerGuardContext = {
    listener: {
      hosts: makeHosts('thesis', 1, ['lab.example.org']),
      headerCount: 100,
      trustedProxies: new TrustedProxies([]),
    },
    verdict: () => verdict,
    failed: () => ({ limited: options.limited ?? false, limit: 1, remaining: 0, resetSeconds: 9 }),
    exchange: () => redirectAnswer(303, 'http://exchanged/'),
    refusalLog: () => undefined,
    upstream: {
      closed: path => (path === '/shut' ? 'It is shut' : null),
      isUserContent: path => path.startsWith('/files/'),
      landing: '/lab/tree/a.ipynb',
    },
  };
  const rawHeaders = ['Host', options.host ?? 'thesis.localhost:1', ...(options.headers ?? [])];
  const request = { method: options.method ?? 'GET', url, httpVersion: '1.1', rawHeaders };
  return guard(
    context,
    request,
    connectionOf(new WeakMap(), { remoteAddress: '127.0.0.1' }),
    options.upgrade ?? false,
  );
}

function told(decision: Decision): string {
  if (decision.kind !== 'answer') return decision.kind;
  const { status, headers } = decision.answer;
  const at = headers.indexOf('Location');
  return at < 0 ? String(status) : `${status} ${headers[at + 1]}`;
}

const page = ['Accept', 'text/html'];
const no = (
  reason:
    | 'no-credential'
    | 'wrong-credential'
    | 'expired-session'
    | 'cross-site'
    | 'foreign-origin'
    | 'ambiguous-credential',
): Verdict => ({
  open: false,
  reason,
});
const login = '303 http://thesis.localhost:1/_gatehouse/login';

test.each<[string, Decision, string]>([
  ['a right request', decide('/lab', open), 'forward'],
  [
    'a person at the door',
    decide('/', open, { headers: page }),
    '303 http://thesis.localhost:1/lab/tree/a.ipynb',
  ],
  ['a program at the door', decide('/', open), 'forward'],
  ['a person at the door who may not', decide('/', no('no-credential'), { headers: page }), login],
  ['a right upgrade', decide('/ws', open, { upgrade: true }), 'forward'],
  ['a page of ours', decide('/_gatehouse/login', no('no-credential')), 'own'],
  ['an unknown page of ours, with every right', decide('/_gatehouse/../lab', open), 'own'],
  ['an upgrade to a page of ours', decide('/_gatehouse/login', open, { upgrade: true }), '404'],
  [
    'a page of ours on another name',
    decide('/_gatehouse/login?next=/a', open, { host: 'localhost:1' }),
    '404',
  ],
  [
    'a form of ours on another name',
    decide('/_gatehouse/login', open, { host: 'localhost:1', method: 'POST' }),
    '404',
  ],
  [
    'a page of ours on a configured name',
    decide('/_gatehouse/login', open, { host: 'lab.example.org' }),
    '404',
  ],
  [
    'a person on another name',
    decide('/lab', no('no-credential'), { host: '127.0.0.1:1', headers: page }),
    '401',
  ],
  [
    'a person with the token on another name',
    decide('/lab?token=t', byQuery, { host: '127.0.0.1:1', headers: page }),
    '307 http://thesis.localhost:1/lab?token=t',
  ],
  [
    'a person with a wrong token on another name',
    decide('/lab?token=t', no('wrong-credential'), { host: '127.0.0.1:1', headers: page }),
    '401',
  ],
  [
    'a person with a header on another name',
    decide('/lab', open, { host: '127.0.0.1:1', headers: [...page, 'Authorization', 'Bearer t'] }),
    'forward',
  ],
  [
    'a person on a configured name',
    decide('/lab', no('no-credential'), { host: 'lab.example.org', headers: page }),
    '401',
  ],
  [
    'a person without a credential',
    decide('/lab?a=1', no('no-credential'), { headers: page }),
    `${login}?next=%2Flab%3Fa%3D1`,
  ],
  ['a person at the front', decide('/', no('no-credential'), { headers: page }), login],
  ['a person whose session is over', decide('/', no('expired-session'), { headers: page }), login],
  ['a person with a wrong token', decide('/?token=t', no('wrong-credential'), { headers: page }), login],
  ['a program without a credential', decide('/lab', no('no-credential')), '401'],
  ['a program that guesses', decide('/lab', no('wrong-credential')), '401'],
  ['a program that guesses too much', decide('/lab', no('wrong-credential'), { limited: true }), '429'],
  [
    'a person that guesses too much',
    decide('/lab', no('wrong-credential'), { limited: true, headers: page }),
    '429',
  ],
  ['another site', decide('/lab', no('cross-site'), { headers: page }), '403'],
  ['another origin', decide('/lab', no('foreign-origin')), '403'],
  ['two credentials', decide('/lab', no('ambiguous-credential')), '400'],
  [
    'a token in the address of a page',
    decide('/lab?token=t', open, { headers: page }),
    '303 http://exchanged/',
  ],
  ['a token in the address of a call', decide('/lab?token=t', open), 'forward'],
  ['another host', decide('/', open, { host: 'evil.io' }), '400'],
])('%s', (_name, decision, wanted) => {
  expect(told(decision)).toBe(wanted);
});

test('a fault is the last that is believed of its connection, a refusal is not', () => {
  expect(decide('/', open, { host: 'evil.io' })).toMatchObject({ kind: 'answer', last: true });
  expect(decide('/', no('no-credential'))).not.toHaveProperty('last');
});

test.each([
  ['a request', {}],
  ['an upgrade', { upgrade: true }],
  ['a page', { headers: page }],
])('what the profile has closed is closed to the owner, too: %s', (_what, options) => {
  expect(told(decide('/shut?x', open, options))).toBe('403');
  expect(told(decide('/shut', no('no-credential'), {}))).toBe('401');
  expect(told(decide('/shutter', open, options))).toBe('forward');
});
