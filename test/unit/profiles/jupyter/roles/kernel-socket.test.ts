import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SocketMessage } from '../../../../../src/main/core/role-ports.ts';
import {
  decodeKernelMessage,
  encodeKernelMessage,
} from '../../../../../src/main/core/profiles/jupyter/roles/kernel-frames.ts';
import {
  decideKernelMessage,
  refusedText,
  viewKernel,
} from '../../../../../src/main/core/profiles/jupyter/roles/kernel-socket.ts';

/**
 * Every request of the protocol (jupyter_client, "Messaging in Jupyter", 5.5) and those of known extensions;
 * why a viewer may or may not.
 */
const messages: readonly (readonly [type: string, allowed: readonly string[], why: string])[] = [
  ['kernel_info_request', ['shell', 'control'], 'constants of the kernel'],
  ['comm_info_request', ['shell'], 'numbers of widgets'],
  ['execute_request', [], 'code'],
  ['inspect_request', [], 'evaluates, and shows values'],
  ['complete_request', [], 'evaluates, and shows names'],
  ['history_request', [], 'what the owner ran elsewhere and long ago'],
  ['is_complete_request', [], 'only who runs code asks'],
  ['connect_request', [], 'ports of the kernel'],
  ['comm_open', [], 'runs a target'],
  ['comm_msg', [], 'runs a callback'],
  ['comm_close', [], "closes the owner's widget"],
  ['input_reply', [], "answers the owner's input()"],
  ['shutdown_request', [], 'stops the kernel'],
  ['interrupt_request', [], 'stops a cell'],
  ['debug_request', [], 'evaluates and steps'],
  ['create_subshell_request', [], 'makes a thread'],
  ['delete_subshell_request', [], 'ends one'],
  ['list_subshell_request', [], 'not needed'],
  ['usage_request', [], 'an extension'],
  ['apply_request', [], 'code (ipyparallel)'],
  ['abort_request', [], 'ends the work of others'],
  ['clear_request', [], 'clears the namespace'],
  ['publish_request', [], 'unknown to the kernel'],
  ['EXECUTE_REQUEST', [], 'another spelling'],
  ['kernel_info_request ', [], 'another spelling'],
  ['kernel_info_reply', [], 'no question'],
  ['status', [], 'no question'],
];

test.each(messages)('%s on %j: %s', (type, allowed) => {
  for (const channel of ['shell', 'control', 'stdin', 'iopub', 'hb', 'Shell', '']) {
    expect([channel, decideKernelMessage(channel, type).allow]).toEqual([channel, allowed.includes(channel)]);
  }
});

function say(
  v1: boolean,
  channel: string,
  type: string,
  content: Record<string, unknown> = {},
): SocketMessage {
  const header = { msg_id: 'm1', msg_type: type, session: 's1', username: 'ada', version: '5.3' };
  return encodeKernelMessage(v1, { channel, header, parent: {}, content });
}

test.each([true, false])('a question goes on in our own words only (v1: %s)', v1 => {
  const filter = viewKernel(v1);
  const step = filter.fromGuest(
    say(v1, 'shell', 'comm_info_request', { target_name: 'jupyter.widget', code: 'evil' }),
  );
  expect(step.kind).toBe('replace');
  if (step.kind !== 'replace') return;
  expect(decodeKernelMessage(v1, step.message)?.content).toEqual({ target_name: 'jupyter.widget' });
  expect(step.message.data.toString()).not.toContain('evil');
  expect(filter.fromServer({ binary: true, data: Buffer.from('anything') })).toEqual({ kind: 'pass' });
});

test('a type that is there twice has one reading behind us', () => {
  const twice = `{"channel":"shell","header":{"msg_id":"1","msg_type":"execute_request","msg_type":"kernel_info_request"},"content":{"code":"evil"},"content":{}}`;
  const step = viewKernel(false).fromGuest({ binary: false, data: Buffer.from(twice) });
  expect(step.kind === 'replace' && step.message.data.toString()).not.toMatch(/execute|evil/);
  expect(step.kind).toBe('replace');
});

test.each([true, false])('a refused request is answered as a kernel would (v1: %s)', v1 => {
  const step = viewKernel(v1).fromGuest(say(v1, 'shell', 'execute_request', { code: '1' }));
  expect(step.kind).toBe('answer');
  if (step.kind !== 'answer') return;
  const [shown, idle, reply] = step.messages.map(message => decodeKernelMessage(v1, message));
  expect(shown).toMatchObject({
    channel: 'iopub',
    header: { msg_type: 'error' },
    content: { evalue: refusedText },
  });
  expect(reply).toMatchObject({
    channel: 'shell',
    header: { msg_type: 'execute_reply', session: 's1' },
    content: { status: 'error', evalue: refusedText },
  });
  expect(idle).toMatchObject({
    channel: 'iopub',
    header: { msg_type: 'status' },
    content: { execution_state: 'idle' },
  });
  expect(step.messages[0]?.data.toString()).toContain('"msg_id":"m1"');
});

test('what waits for no answer gets none but the idle state, or nothing', () => {
  const comm = viewKernel(true).fromGuest(say(true, 'shell', 'comm_msg'));
  expect(comm.kind === 'answer' && comm.messages.length).toBe(1);
  expect(viewKernel(true).fromGuest(say(true, 'stdin', 'input_reply')).kind).toBe('drop');
  expect(viewKernel(true).fromGuest(say(true, 'iopub', 'execute_request')).kind).toBe('drop');
  expect(viewKernel(true).fromGuest({ binary: true, data: Buffer.from('x') }).kind).toBe('drop');
});

test('no sequence of messages gets anything to the kernel but the two questions', () => {
  const spoken = fc.record({
    channel: fc.constantFrom('shell', 'control', 'stdin', 'iopub', ''),
    type: fc.oneof(fc.constantFrom(...messages.map(([type]) => type)), fc.string()),
    content: fc.dictionary(fc.string(), fc.jsonValue()),
  });
  const message = fc.oneof(
    spoken.map(({ channel, type, content }) => ({
      v1: say(true, channel, type, content),
      old: say(false, channel, type, content),
    })),
    fc.uint8Array().map(bytes => {
      const data = Buffer.from(bytes);
      return { v1: { binary: true, data }, old: { binary: false, data } };
    }),
  );
  fc.assert(
    fc.property(fc.array(message), fc.boolean(), (sequence, v1) => {
      const filter = viewKernel(v1);
      for (const one of sequence) {
        const step = filter.fromGuest(v1 ? one.v1 : one.old);
        expect(step.kind).not.toBe('pass');
        if (step.kind !== 'replace') continue;
        const said = decodeKernelMessage(v1, step.message);
        expect(['kernel_info_request', 'comm_info_request']).toContain(said?.header.msg_type);
        expect(Object.keys(said?.content as object).filter(key => key !== 'target_name')).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});
