import { expect, test } from 'vitest';
import { pageStyle } from '../../../src/main/core/gateway/page-style.ts';

function colours(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{3,6})/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const long = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(long.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

const [lightBlock = '', darkBlock = ''] = pageStyle.split('@media');

test.each([
  ['light', colours(lightBlock)],
  ['dark', colours(darkBlock)],
])('%s: text has a contrast of 4.5, edges of 3', (_name, tokens) => {
  const pairs = [
    ['ink', 'panel', 4.5],
    ['quiet', 'panel', 4.5],
    ['accent', 'panel', 4.5],
    ['on-accent', 'accent', 4.5],
    ['bad', 'bad-bg', 4.5],
    ['ink', 'bg', 4.5],
    ['edge', 'panel', 3],
  ] as const;
  for (const [front, back, least] of pairs) {
    expect([front, contrast(tokens[front] ?? '', tokens[back] ?? '') >= least]).toEqual([front, true]);
  }
});

test('focus is shown, and the width is free', () => {
  expect(pageStyle).toContain(':focus-visible');
  expect(pageStyle).not.toMatch(/[^-]width: \d+px/);
});
