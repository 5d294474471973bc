import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { readOutput } from '../../../../src/main/core/server/output/read-output.ts';

test('lines come as they are, the last one without its end', async () => {
  const stream = new PassThrough();
  const heard: string[] = [];
  readOutput(
    stream,
    () => 0,
    line => heard.push(line),
  );
  stream.end('one\ntwo\nthree');
  await once(stream, 'close');
  expect(heard).toEqual(['one', 'two', 'three']);
});

test('a flood is read to its end, mostly unseen, and that is said', async () => {
  const stream = new PassThrough();
  const heard: { line: string; ours: boolean }[] = [];
  readOutput(
    stream,
    () => 0,
    (line, ours) => heard.push({ line, ours }),
  );
  const chunk = Buffer.alloc(65_536, 'word\n');
  for (let turn = 0; turn < 160; turn += 1) {
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
  expect(heard.filter(entry => !entry.ours)).toHaveLength(5000);
  expect(heard.at(-1)).toEqual({
    line: '10216 KiB of output are left out here: the server wrote too fast.',
    ours: true,
  });
});

test('a pipe that breaks is the end, not an error', async () => {
  const stream = new PassThrough();
  const heard: string[] = [];
  readOutput(
    stream,
    () => 0,
    line => heard.push(line),
  );
  await new Promise(resolve => stream.write('last words', resolve));
  stream.destroy(new Error('broken'));
  await new Promise(resolve => stream.once('close', resolve));
  expect(heard).toEqual(['last words']);
});
