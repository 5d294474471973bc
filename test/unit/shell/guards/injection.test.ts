import { expect, test } from 'vitest';
import {
  injection,
  mayLeave,
  withoutToken,
  type RequestFacts,
} from '../../../../src/main/shell/guards/injection.ts';

const own = 'http://lab-1.localhost:4100';
const evil = 'https://evil.example';
/** What Electron 22 says of a `fetch` by the server's own page. */
const fetched: RequestFacts = {
  url: `${own}/api/contents`,
  resourceType: 'xhr',
  frames: [own],
  initiator: null,
  origin: null,
  fetchSite: 'same-origin',
};
const page: Partial<RequestFacts> = { resourceType: 'mainFrame', frames: ['null'], fetchSite: 'none' };
const socket: Partial<RequestFacts> = {
  url: 'ws://lab-1.localhost:4100/api/kernels/1/channels',
  resourceType: 'webSocket',
  origin: own,
  fetchSite: null,
};

const download: Partial<RequestFacts> = { resourceType: 'other', frames: [own], fetchSite: null };

test.each<[string, Partial<RequestFacts>, string]>([
  ['a fetch of the own page', {}, 'inject'],
  ['the first page, asked for by the shell', page, 'inject'],
  ['a link in the own page', { ...page, fetchSite: 'same-origin', initiator: own }, 'inject'],
  ['a post of the own page', { origin: own }, 'inject'],
  ['an own frame in the own page', { frames: [own, own] }, 'inject'],
  ['navigation of a frame by the own page', { resourceType: 'subFrame', frames: [own] }, 'inject'],
  ['a worker, which has no frame', { frames: null }, 'inject'],
  ['a socket of the own page', socket, 'inject'],
  ['a socket of a worker', { ...socket, frames: null }, 'inject'],
  ['another port of this computer', { url: 'http://lab-1.localhost:4101/api' }, 'elsewhere'],
  ['a port that begins alike', { url: 'http://lab-1.localhost:41000/api' }, 'elsewhere'],
  ['another server', { url: 'http://lab-2.localhost:4100/api' }, 'elsewhere'],
  ['a name that begins alike', { url: 'http://lab-1.localhost.evil.example:4100/' }, 'elsewhere'],
  ['the own name as user name', { url: 'http://lab-1.localhost:4100@evil.example/' }, 'elsewhere'],
  ['the loopback address itself', { url: 'http://127.0.0.1:4100/api' }, 'elsewhere'],
  ['the own name on TLS', { url: 'https://lab-1.localhost:4100/api' }, 'elsewhere'],
  ['a redirect to another site', { url: `${evil}/`, fetchSite: 'cross-site' }, 'elsewhere'],
  ['an address that cannot be read', { url: 'http://' }, 'elsewhere'],
  ['a fetch of a foreign frame', { frames: [evil, own], fetchSite: 'cross-site' }, 'foreign-initiator'],
  ['a form of a foreign frame', { ...page, origin: evil, fetchSite: 'cross-site' }, 'foreign-initiator'],
  ['a socket of a foreign frame', { ...socket, frames: [evil, own], origin: evil }, 'foreign-initiator'],
  ['a socket of an opaque frame', { ...socket, origin: 'null' }, 'foreign-initiator'],
  [
    'a foreign frame that navigates itself',
    { resourceType: 'subFrame', fetchSite: 'cross-site' },
    'foreign-initiator',
  ],
  ['a foreign frame that navigates the window', { ...page, fetchSite: 'cross-site' }, 'foreign-initiator'],
  ['a sibling on the same site', { fetchSite: 'same-site' }, 'foreign-initiator'],
  ['a fetch that claims to be asked for by the user', { fetchSite: 'none' }, 'foreign-initiator'],
  ['an initiator that newer Electron names', { initiator: evil }, 'foreign-initiator'],
  ['a sandboxed frame', { frames: ['null', own] }, 'foreign-frame'],
  ['an own frame inside a foreign one', { frames: [own, evil, own] }, 'foreign-frame'],
  ['a frame under a foreign one', { resourceType: 'subFrame', frames: [evil, own] }, 'foreign-frame'],
  ['a socket in a foreign frame that lies about its origin', { ...socket, frames: [evil] }, 'foreign-frame'],
  ['a download by a link of the own page', { ...download }, 'inject'],
  ['a download by a link in an own frame', { ...download, frames: [own, own] }, 'inject'],
  ['a download that no frame asked for', { ...download, frames: null }, 'unproved'],
  ['a download whose frames are not known', { ...download, frames: [] }, 'unproved'],
  ['a download by a frame that went away', { ...download, frames: ['null'] }, 'foreign-frame'],
  ['a download by a foreign frame', { ...download, frames: [evil, own] }, 'foreign-frame'],
  ['a download by an own frame in a foreign one', { ...download, frames: [own, evil] }, 'foreign-frame'],
  ['a download from another port', { ...download, url: 'http://lab-1.localhost:4101/x' }, 'elsewhere'],
  ['a download that a foreign site began', { ...download, fetchSite: 'cross-site' }, 'foreign-initiator'],
  ['a request that says nothing of where it comes from', { fetchSite: null }, 'unproved'],
])('%s: %s', (_name, change, wanted) => {
  const verdict = injection(own, { ...fetched, ...change });
  expect(verdict.inject ? 'inject' : verdict.reason).toBe(wanted);
});

test.each(['X-Gatehouse-Token', 'x-gatehouse-token', 'X_Gatehouse_Token', 'X-GATEHOUSE_TOKEN'])(
  'a page cannot send %s itself',
  name => {
    expect(withoutToken({ Accept: '*/*', [name]: 'planted' })).toEqual({ Accept: '*/*' });
  },
);

const open = 'http://lab-abcd-secret.localhost:5000';
test.each([
  [null, `${open}/lab`, false],
  [null, 'ws://lab-abcd-secret.localhost:5000/api', false],
  [null, 'https://example.org/', false],
  [null, 'blob:http://lab-abcd-secret.localhost:5000/1', true],
  [open, `${open}/lab`, true],
  [open, 'ws://lab-abcd-secret.localhost:5000/api', true],
  [open, 'https://example.org/', true],
  [open, 'http://127.0.0.1:6006/', true],
  [open, 'http://lab-abcd-earlier.localhost:5000/lab', false],
  [open, 'http://lab-abcd-earlier.localhost:4000/lab', false],
  [open, 'http://lab-abcd-secret.localhost:5001/lab', false],
  [open, 'wss://lab-abcd-earlier.localhost:4000/api', false],
  [open, 'not an address', false],
] as const)('while the listener is at %s, a request to %s may leave: %s', (own, address, wanted) => {
  expect(mayLeave('lab-abcd', own, address)).toBe(wanted);
});
