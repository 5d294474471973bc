import { expect, test } from 'vitest';
import { bannerWords } from '../../../../../src/main/core/gateway/guest/pages/banner-words.ts';

test.each(['revoked', 'ended', 'expired', 'idle', 'over', 'unknown'] as const)(
  '%s has words of its own',
  reason => {
    const { title, text } = bannerWords.out[reason];
    const others = Object.entries(bannerWords.out).filter(
      ([name, words]) => name !== reason && words.title === title,
    );
    expect(others.map(([name]) => name)).toEqual(reason === 'ended' ? ['ended-by-owner'] : []);
    expect(text).toMatch(/ask the owner/);
  },
);

test('nobody promises that a revoked link works again', () => {
  for (const reason of ['revoked', 'expired'] as const)
    expect(bannerWords.out[reason].text).not.toMatch(/still works|open it again/);
});
