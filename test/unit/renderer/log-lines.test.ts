import { expect, test } from 'vitest';
import { append, emptyLog, follow, lineLimit, pause, widthLimit } from '../../../src/renderer/log-lines.ts';
import type { LogLine } from '../../../src/shared/model.ts';

function lines(count: number, text = 'x'): readonly LogLine[] {
  return Array.from({ length: count }, (_, at) => ({
    at: '',
    from: 'server' as const,
    text: `${text}${at}`,
  }));
}

test('keeps the newest lines and counts the others', () => {
  const log = append(append(emptyLog, lines(lineLimit)), lines(3, 'new'));
  expect(log.lines).toHaveLength(lineLimit);
  expect(log.dropped).toBe(3);
  expect(log.lines.at(-1)?.text).toBe('new2');
});

test('a pause holds lines back, following shows them', () => {
  const paused = append(pause(append(emptyLog, lines(1))), lines(2, 'held'));
  expect(paused.lines).toHaveLength(1);
  expect(paused.held).toHaveLength(2);
  const log = follow(paused);
  expect(log.held).toBeNull();
  expect(log.lines.map(({ text }) => text)).toEqual(['x0', 'held0', 'held1']);
});

test('a flood during a pause is bounded too', () => {
  expect(append(pause(emptyLog), lines(lineLimit + 10)).held).toHaveLength(lineLimit);
});

test('a very long line is cut', () => {
  const [line] = append(emptyLog, [{ at: '', from: 'server', text: 'y'.repeat(widthLimit * 2) }]).lines;
  expect(line?.text).toHaveLength(widthLimit + 2);
});
