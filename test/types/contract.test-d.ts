import { expectTypeOf, test } from 'vitest';
import type { CallName, EventName } from '../../src/shared/contract.ts';
import { callNames, eventNames } from '../../src/shared/contract.ts';

test('the lists of names are whole', () => {
  expectTypeOf<Exclude<CallName, (typeof callNames)[number]>>().toEqualTypeOf<never>();
  expectTypeOf<Exclude<EventName, (typeof eventNames)[number]>>().toEqualTypeOf<never>();
});
