import { expect, test } from 'vitest';
import { createAnnouncer } from '../../src/main/core/announcer.ts';

test('everybody who listens is told, until they stop listening; one that throws harms nobody', () => {
  const faults: unknown[] = [];
  const heard: unknown[] = [];
  const announcer = createAnnouncer(error => faults.push(error));
  announcer.onAny(() => {
    throw new Error('mine');
  });
  const off = announcer.on('server.forgotten', value => heard.push(value));
  announcer.announce('server.forgotten', { id: 'a' });
  announcer.announce('core.stopping', { reason: 'not for this one' });
  off();
  announcer.announce('server.forgotten', { id: 'b' });
  expect(heard).toEqual([{ id: 'a' }]);
  expect(faults).toHaveLength(3);
});
