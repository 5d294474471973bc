import { expect, test } from 'vitest';
import { redactLine } from '../../../src/main/shell/redact-line.ts';

const secret = 'Zm9yIHRoZSBvd25lcidzIGV5ZXMgb25seSwgbm9ib2R5';

test.each([
  `http://lab.localhost:1/lab?token=${secret}`,
  `http://lab.localhost:1/?gatehouse-token=${secret}&x=1`,
  `http://lab.localhost:1/#token=${secret}`,
  `Authorization: token ${secret}`,
  `{"X-Gatehouse-Token":"${secret}"}`,
  `Cookie: session=${secret}; other=${secret}`,
  `bare ${secret.slice(0, 43)} in a line`,
])('nothing of the secret stays in %j', line => {
  expect(redactLine(line)).not.toContain(secret.slice(0, 43));
});

test('plain words stay, long lines are cut', () => {
  expect(redactLine('The core could not be reached: ENOENT /home/mira')).toBe(
    'The core could not be reached: ENOENT /home/mira',
  );
  expect(redactLine('x '.repeat(5000)).length).toBeLessThan(4010);
});
