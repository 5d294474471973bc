import { expect, test } from 'vitest';
import { copySecret } from '../../../src/main/shell/copy-secret.ts';

function clipboardOf(): { text: string; readText(): string; writeText(text: string): void; clear(): void } {
  return {
    text: '',
    readText() {
      return this.text;
    },
    writeText(text) {
      this.text = text;
    },
    clear() {
      this.text = '';
    },
  };
}

test.each([
  ['the link is taken off again', 'link', ''],
  ['what was copied since stays', 'something else', 'something else'],
])('%s', async (_name, then, left) => {
  const clipboard = clipboardOf();
  const works: (() => void)[] = [];
  await copySecret(clipboard, 'link', (work, milliseconds) => {
    expect(milliseconds).toBe(60_000);
    works.push(work);
  });
  expect(clipboard.text).toBe('link');
  clipboard.text = then;
  for (const work of works) work();
  await expect.poll(() => clipboard.text).toBe(left);
});
