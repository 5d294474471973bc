import { expect, test } from 'vitest';
import { busMessages, permits } from '../../../../src/main/core/profiles/messagebus/bus-messages.ts';

test.each([
  [[], 'speak', false],
  [['speak'], 'speak', true],
  [['speak'], 'speak.x', false],
  [['speak'], 'Speak', false],
  [['speak'], 'speak ', false],
  [['mycroft.skill.*'], 'mycroft.skill.handler.start', true],
  [['mycroft.skill.*'], 'mycroft.skill.', true],
  [['mycroft.skill.*'], 'mycroft.skill', false],
  [['mycroft.skill.*'], 'mycroft.skillz.x', false],
  [['recognizer_loop:*'], 'recognizer_loop:utterance', true],
  [['a', '*'], 'whatever', true],
] as const)('%j permits %s: %s', (list, type, expected) => {
  expect(permits(list, type)).toBe(expected);
});

test.each([
  'ovos.skills.install',
  'skillmanager.deactivate',
  'configuration.patch',
  'system.shutdown',
  'mycroft.stop',
  'mycroft.scheduler.schedule_event',
  'speak',
  'mycroft.skill.enable_intent',
  'detach_skill',
])('a satellite may not send %s', type => {
  expect(permits(busMessages.presets.editor?.send ?? ['*'], type)).toBe(false);
  expect(busMessages.runsCode('editor', { send: [type], receive: [] })).toBe(true);
});

test('what a role cannot have, and what is warned of', () => {
  const link = (...send: string[]) => ({ send, receive: ['*'] });
  expect(busMessages.refuse('viewer', link('speak'))).toMatch(/sends nothing/);
  expect(busMessages.refuse('viewer', link())).toBeNull();
  expect(busMessages.refuse('editor', link('*'))).toMatch(/full/);
  expect(busMessages.refuse('editor', link('mycroft.*'))).toBeNull();
  expect(busMessages.refuse('full', link('*'))).toBeNull();
  expect(busMessages.runsCode('viewer', link())).toBe(false);
  expect(busMessages.runsCode('editor', link('recognizer_loop:utterance'))).toBe(false);
  expect(busMessages.runsCode('full', link())).toBe(true);
});
