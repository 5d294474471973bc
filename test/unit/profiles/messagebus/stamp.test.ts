import { expect, test } from 'vitest';
import { busName, guestsOf, stampedContext } from '../../../../src/main/core/profiles/messagebus/stamp.ts';

const guest = { name: 'audio (guest)', session: 'a1b2c3', permissions: null };
const claimed = {
  source: 'audio',
  destination: ['audio'],
  client_name: 'owner',
  peer: 'x',
  user_id: 'mira',
  skill_id: 'installer',
  lang: 'en-us',
  session: {
    session_id: 'default',
    lang: 'de-de',
    active_skills: [['clock', 1]],
    pipeline: ['x'],
    persona_id: 'x',
    blacklisted_skills: ['none'],
    blacklisted_intents: ['none'],
  },
};

test('a satellite keeps its language and where its conversation is; who speaks, and what is forbidden, is not its to say', () => {
  expect(stampedContext('editor', { context: claimed }, guest)).toEqual({
    lang: 'en-us',
    source: 'guest-a1b2c3',
    destination: 'skills',
    client_name: 'audio (guest)',
    session: { session_id: 'guest-a1b2c3', lang: 'de-de', active_skills: [['clock', 1]] },
  });
});

test('full says whom it speaks to, and all but who it is', () => {
  const { session, ...rest } = stampedContext('full', { context: claimed }, guest);
  expect(rest).toEqual({
    lang: 'en-us',
    skill_id: 'installer',
    source: 'guest-a1b2c3',
    destination: ['audio'],
    client_name: 'audio (guest)',
  });
  expect(session).toEqual({ ...claimed.session, session_id: 'guest-a1b2c3' });
  expect(stampedContext('full', { context: {} }, guest)).not.toHaveProperty('destination');
});

test.each([null, 'default', ['default'], 1, undefined])('a session %j is replaced by one', session => {
  const { session: stamped } = stampedContext('full', { context: { session } }, guest);
  expect(stamped).toEqual({ session_id: 'guest-a1b2c3' });
});

test.each([
  [{ session: { session_id: 'guest-a1b2c3' } }, true],
  [{ destination: 'guest-a1b2c3' }, true],
  [{ destination: ['audio', 'guest-a1b2c3'] }, true],
  [{ session: { session_id: 'default' }, destination: ['audio'] }, false],
  [{ session: { session_id: 'guest-ffffff' } }, false],
  [{ session: 'guest-a1b2c3' }, false],
  [{ destination: 'guest-a1b2c3x' }, false],
  [{ destination: { 0: 'guest-a1b2c3' } }, false],
  [{}, false],
])('%j is for the guest: %s', (context, expected) => {
  expect(guestsOf({ context }).includes(busName(guest))).toBe(expected);
});

test('the name on the bus is made of the session alone', () => {
  expect(busName(guest)).toBe('guest-a1b2c3');
});
