import { expect, test } from 'vitest';
import { joinWords } from '../../../../../src/main/core/gateway/guest/pages/join-words.ts';

test('each refusal says what is and what to do, and only where that may help offers to try again', () => {
  for (const [reason, { title, text }] of Object.entries(joinWords.refusals)) {
    expect([reason, title.endsWith('.'), text.every(sentence => sentence.endsWith('.'))]).toEqual([
      reason,
      false,
      true,
    ]);
    expect([reason, text.join(' ')]).toEqual([reason, expect.stringMatching(/\b(?:ask|again|speak)\b/i)]);
  }
  const again = Object.entries(joinWords.refusals).filter(([, words]) => words.again);
  expect(again.map(([reason]) => reason)).toEqual([
    'no-cookies',
    'wait-over',
    'too-many-guests',
    'too-many-waiting',
    'name-missing',
  ]);
});

test('to a stranger nothing is told apart: an unknown link and a wrong secret have the same words', () => {
  const { title, text } = joinWords.refusals['no-such-link'];
  expect([title, ...text].join(' ')).not.toMatch(
    /\{owner\}|revoked|taken back|expired|time is over|used|owner/i,
  );
});

test('no word is markup', () => {
  expect(JSON.stringify(joinWords)).not.toMatch(/[<>&`]/);
});
