import { expect, test } from 'vitest';
import { busRoles } from '../../../../src/main/core/profiles/messagebus/bus-roles.ts';

const guest = { name: 'Ada (guest)', session: 'a1', permissions: null };

test.each(['/', '/core', '/core/x', '/elsewhere'])('guests reach nothing over HTTP: %s', path => {
  for (const role of busRoles.roles) {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      expect(busRoles.decideRequest(role, method, path, '').allow).toBe(false);
    }
  }
});

test.each(['/', '/core/', '/core/x', '//core', '/Core', '/%63ore', '/core;x'])('no socket at %s', path => {
  for (const role of busRoles.roles) {
    expect(busRoles.openSocket(role, path, '', [], guest).allow).toBe(false);
  }
});

test.each(['viewer', 'editor', 'full'] as const)(
  '%s is read along in both directions, with nothing of its own words',
  role => {
    const verdict = busRoles.openSocket(role, '/core', 'x=1', ['evil'], guest);
    expect(verdict).toMatchObject({
      allow: true,
      relay: 'filter',
      target: '/core',
      subprotocols: [],
      readsServer: true,
      messageRate: { perSecond: expect.any(Number), burst: expect.any(Number) },
    });
    if (!verdict.allow || verdict.relay !== 'filter') throw new Error('no filter');
    expect(verdict.filter('evil')).toBeNull();
    expect(verdict.filter(null)).not.toBeNull();
  },
);

test('the permissions of the link replace those of the role', () => {
  const permissions = { send: ['own'], receive: [] };
  const verdict = busRoles.openSocket('editor', '/core', '', [], { ...guest, permissions });
  if (!verdict.allow || verdict.relay !== 'filter') throw new Error('no filter');
  const filter = verdict.filter(null);
  const say = (type: string) =>
    filter?.fromGuest({ binary: false, data: Buffer.from(JSON.stringify({ type })) }).kind;
  expect([say('own'), say('recognizer_loop:utterance')]).toEqual(['replace', 'answer']);
});
