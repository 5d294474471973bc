/* The same for sharing. */
import { ago, now } from './screenshot-answers.mjs';

export const soon = seconds => new Date(now + seconds * 1000).toISOString();
export const print = pair =>
  Array.from({ length: 32 }, (_none, at) => ((pair * (at + 3) * 37) % 256).toString(16).padStart(2, '0'))
    .join(':')
    .toUpperCase();
export const offers = [
  {
    role: 'viewer',
    title: 'Viewer',
    can: ['Read notebooks, files and settings of this server', 'See the outputs of kernels that run'],
    cannot: ['Run, edit, start or stop anything'],
    runsCode: false,
    note: null,
  },
  {
    role: 'editor',
    title: 'Editor',
    can: ['Edit, make and delete notebooks and files', 'Run cells, start and stop kernels'],
    cannot: ['Open terminals', 'Shut the server down, or change its settings and extensions'],
    runsCode: true,
    note: 'Running code is nearly everything: an editor can do whatever a program of yours can.',
  },
  {
    role: 'full',
    title: 'Full',
    can: ['Do everything in this server that you can do, terminals too'],
    cannot: ['Stop or restart it from Gatehouse, or share it further'],
    runsCode: true,
    note: null,
  },
];
export const networkNote = {
  id: 'unknown-network',
  level: 'note',
  text: 'Anyone in the network that this computer is in now can try to get in.',
};
export const preview = {
  server: 'thesis-1',
  serverName: 'thesis',
  roles: offers,
  notOffered: [],
  warnings: [
    networkNote,
    {
      id: 'local-authority',
      level: 'note',
      text: "A guest's browser warns until the guest has installed this computer's certificate; compare the fingerprint by telephone.",
    },
  ],
  needsAcknowledgement: false,
  reach: 'The link can be opened from the network of wlan0.',
  places: [
    { listen: 'all', words: 'Every network that this computer is in' },
    { listen: 'interface:wlan0', words: 'The network of wlan0 (192.168.4.20)' },
    { listen: '127.0.0.1', words: 'This computer only' },
  ],
  listen: 'interface:wlan0',
  certificate: null,
};
export const danger = {
  ...preview,
  needsAcknowledgement: true,
  warnings: [
    {
      id: 'runs-code',
      level: 'danger',
      text: 'Anyone who has this link can run any code as you, on this computer.',
    },
    { id: 'long-life', level: 'warning', text: 'The link works for 14 days unless you revoke it.' },
    networkNote,
  ],
};
export const onlyFull = {
  ...danger,
  serverName: 'notes',
  roles: [offers[2]],
  notOffered: ['viewer', 'editor'].map(role => ({
    role,
    reason: 'Gatehouse does not know what this server lets people do, so it cannot hold anybody back there.',
  })),
};
export const link = {
  id: 'k7qm2abcdefg',
  server: 'thesis-1',
  serverName: 'thesis',
  role: 'viewer',
  label: 'Ada (review)',
  group: null,
  createdAt: ago(60),
  expiresAt: soon(86_340),
  usesLeft: 1,
  approval: false,
  state: 'open',
  people: 0,
};
export const secret = 'c2VjcmV0LW9mLWEtbGluay1pbi1hLXBpY3R1cmUtMDE';
export const fresh = {
  ...link,
  url: `https://192.168.4.20:8470/_gatehouse/join/${link.id}#${secret}`,
  otherUrls: [
    {
      url: `https://mira.local:8470/_gatehouse/join/${link.id}#${secret}`,
      where: 'by name, where the network knows .local names',
    },
  ],
  toolToken: `${link.id}.${secret}`,
  fingerprint: print(5),
  authorityFingerprint: print(11),
  warnings: preview.warnings,
};
export const person = {
  session: '0123456789ab',
  link: link.id,
  label: 'Ada (review)',
  server: 'thesis-1',
  serverName: 'thesis',
  name: 'Ada Ünal',
  role: 'viewer',
  address: '192.168.4.77',
  browser: 'Firefox on Windows',
  since: ago(1700),
  lastSeen: ago(3),
  endsAt: soon(40_000),
  connections: 3,
};
export const sharing = {
  'share.links': [
    { ...link, usesLeft: 0, state: 'used-up', people: 1 },
    {
      ...link,
      id: 'abcdefghijkl',
      label: 'Group 3',
      role: 'editor',
      usesLeft: null,
      approval: true,
      people: 1,
    },
    { ...link, id: 'mnopqrstuvwx', label: 'Old review', state: 'revoked' },
  ],
  'share.people': [
    person,
    {
      ...person,
      session: 'ba9876543210',
      name: 'Grace',
      role: 'editor',
      label: 'Group 3',
      address: '192.168.4.81',
      browser: 'Chrome on Linux',
      connections: 0,
    },
  ],
  'share.waiting': [
    {
      id: 'fedcba987654',
      link: 'abcdefghijkl',
      label: 'Group 3',
      server: 'thesis-1',
      serverName: 'thesis',
      role: 'editor',
      name: 'Lin',
      address: '192.168.4.90',
      browser: 'Safari on iOS',
      since: ago(20),
      endsAt: soon(580),
    },
  ],
  'share.listeners': [
    {
      server: 'thesis-1',
      serverName: 'thesis',
      listen: 'interface:wlan0',
      port: 8470,
      addresses: [{ origin: 'https://192.168.4.20:8470', where: 'in this network' }],
    },
  ],
};
