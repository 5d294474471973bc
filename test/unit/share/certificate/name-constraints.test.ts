import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  constraintsFor,
  coveredNames,
  permits,
  uncoveredNames,
} from '../../../../src/main/core/share/certificate/name-constraints.ts';
import { everyName, hostNames } from '../../../../src/main/core/share/network/host-names.ts';

const web = [
  'example.com',
  'bank.de',
  'accounts.google.com',
  'local.example.com',
  'notlocal',
  'xlocalhost',
  '8.8.8.8',
  '2606:4700::1111',
];

test('a stolen key speaks for this computer and never for the web', () => {
  const constraints = constraintsFor(hostNames(['lab-pc7', 'lab-pc7.physics.example.edu'], ['192.168.1.20']));
  for (const name of [...web, 'physics.example.edu', 'lab-pc8.physics.example.edu', 'xlab-pc7']) {
    expect(permits(constraints, name), name).toBe(false);
  }
  const own = [
    'lab-pc7',
    'lab-pc7.physics.example.edu',
    'lab-pc7.local',
    'localhost',
    '10.1.2.3',
    'fd00::1',
    'fe80::9',
  ];
  for (const name of own) expect(permits(constraints, name), name).toBe(true);
});

test('a computer called like a top-level domain gets no key to it', () => {
  for (const name of ['com', 'dev', 'app', 'hal', 'xn--p1ai', 'xn--9', 'example']) {
    const constraints = constraintsFor(hostNames([name], []));
    expect(permits(constraints, name), name).toBe(false);
    expect(permits(constraints, `shop.${name}`), name).toBe(false);
    expect(uncoveredNames(constraints, hostNames([name], [])), name).toEqual([name]);
  }
  for (const name of ['lab-7', 'pc7', 'my-mac']) {
    expect(permits(constraintsFor(hostNames([name], [])), name), name).toBe(true);
  }
});

test('of public addresses only the IPv4 ones of this computer, each alone', () => {
  const host = hostNames([], ['203.0.113.9', '2001:db8::20', '10.0.0.1']);
  const constraints = constraintsFor(host);
  expect(permits(constraints, '203.0.113.9')).toBe(true);
  expect(permits(constraints, '203.0.113.8')).toBe(false);
  expect(coveredNames(constraints, host).addresses).toEqual(['10.0.0.1', '203.0.113.9']);
  expect(uncoveredNames(constraints, host)).toEqual(['2001:db8::20']);
});

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map(labels => labels.join('.'));
const address = fc.oneof(fc.ipV4(), fc.ipV6());

test('whatever a computer is called: what is covered is permitted, and covered and uncovered are all', () => {
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 20 }),
      fc.array(address, { maxLength: 20 }),
      (names, addresses) => {
        const host = hostNames(names, addresses);
        const constraints = constraintsFor(host);
        const covered = everyName(coveredNames(constraints, host));
        const uncovered = uncoveredNames(constraints, host);
        expect(covered.every(one => permits(constraints, one))).toBe(true);
        expect([...covered, ...uncovered].sort()).toEqual([...everyName(host)].sort());
      },
    ),
  );
});

test('a name is permitted only if it ends, at a label, with one of the names of the computer or a reserved one', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 6 }), name, (names, candidate) => {
      const host = hostNames(names, []);
      const ends = [...host.names, 'local', 'localhost', 'home.arpa'];
      const labels = candidate.split('.');
      const suffixes = labels.map((_label, index) => labels.slice(index).join('.'));
      if (permits(constraintsFor(host), candidate)) {
        expect(suffixes.some(suffix => ends.includes(suffix))).toBe(true);
      }
    }),
  );
});
