import koffi from 'koffi';
import { expect, test } from 'vitest';
import { extendedLimits } from '../../../../src/main/core/server/process/job-object.ts';

// The calls cannot be made here; a wrong layout is the mistake that would make Windows refuse or, worse, read
// past the end.
test('the structure has the size and the offsets of winnt.h for 64 bits', () => {
  const type = extendedLimits(koffi);
  expect(koffi.sizeof(type)).toBe(144);
  expect(koffi.offsetof(type, 'IoInfo')).toBe(64);
  expect(koffi.offsetof(type, 'ProcessMemoryLimit')).toBe(112);
  const bytes = Buffer.alloc(144);
  koffi.encode(bytes, type, { BasicLimitInformation: { LimitFlags: 0x2000 }, IoInfo: {} });
  expect(bytes.readUInt32LE(16)).toBe(0x2000);
});
