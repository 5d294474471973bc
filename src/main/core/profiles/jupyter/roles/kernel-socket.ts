/**
 * What a viewer may say to a kernel that already runs. The attack: code. `execute_request` is the plain way;
 * others are `comm_msg` (a widget's callback), `input_reply` (the answer to somebody's `input()`),
 * `debug_request` (evaluates), `inspect_request` and `complete_request` (evaluate properties of live objects,
 * and show the values of variables), `user_expressions`. So a viewer may ask what kernel this is and which
 * widgets there are, and nothing else; what an extension or a later protocol adds is no until somebody has
 * thought about it.
 */
import type { SocketFilter, SocketMessage, SocketStep } from '../../../role-ports.ts';
import { z } from 'zod';
import {
  decodeKernelMessage,
  encodeKernelMessage,
  type KernelHeader,
  type KernelMessage,
} from './kernel-frames.ts';

/** Channel and type; why each is here. Everything else is no, and the test names what that is. */
const allowed: ReadonlySet<string> = new Set([
  // Asked by every client when it attaches; answered from constants.
  'shell kernel_info_request',
  'control kernel_info_request',
  // A list of widget numbers, so that a widget that the owner shows can be drawn. Opens none.
  'shell comm_info_request',
]);

export const refusedText = 'Your link lets you look. It does not let you change, run or stop anything.';

export interface KernelVerdict {
  readonly allow: boolean;
  readonly reason: string;
}

/** Pure. */
export function decideKernelMessage(channel: string, type: string): KernelVerdict {
  return allowed.has(`${channel} ${type}`)
    ? { allow: true, reason: 'reads only' }
    : { allow: false, reason: `a viewer does not send ${type.slice(0, 64)} on ${channel.slice(0, 64)}` };
}

/**
 * For one socket of a viewer. What the server sends passes: outputs, states, and the replies to this socket
 * alone.
 */
export function viewKernel(v1: boolean): SocketFilter {
  return {
    fromGuest: message => judge(v1, message),
    fromServer: () => ({ kind: 'pass' }),
  };
}

function judge(v1: boolean, raw: SocketMessage): SocketStep {
  const message = decodeKernelMessage(v1, raw);
  if (message === null) return { kind: 'drop', reason: 'not a kernel message of one reading' };
  const verdict = decideKernelMessage(message.channel, message.header.msg_type);
  if (verdict.allow) return { kind: 'replace', message: sayAgain(v1, message) };
  const messages = answer(v1, message);
  return messages.length === 0
    ? { kind: 'drop', reason: verdict.reason }
    : { kind: 'answer', messages, reason: verdict.reason };
}

const targeted = z.object({ target_name: z.string().max(256) });

/** Header and, where it has one, the question's only parameter; no parent, no metadata, no buffers. */
function sayAgain(v1: boolean, { channel, header, content }: KernelMessage): SocketMessage {
  const target = targeted.safeParse(content);
  const again = header.msg_type === 'comm_info_request' && target.success ? target.data : {};
  return encodeKernelMessage(v1, { channel, header, parent: {}, content: again });
}

/**
 * So that a client does not wait forever: what the kernel itself would say to a request that fails. A cell
 * shows the sentence where its output would be.
 */
function answer(v1: boolean, { channel, header: parent }: KernelMessage): readonly SocketMessage[] {
  if (channel !== 'shell' && channel !== 'control') return [];
  const request = /^(.+)_request$/.exec(parent.msg_type)?.[1] ?? null;
  const told = { ename: 'NotAllowed', evalue: refusedText, traceback: [refusedText] };
  const failed = { status: 'error', ...told };
  const say = (where: string, type: string, content: Readonly<Record<string, unknown>>): SocketMessage =>
    encodeKernelMessage(v1, { channel: where, header: own(parent, type), parent, content });
  const messages = [say('iopub', 'status', { execution_state: 'idle' })];
  if (request === 'execute') {
    messages.unshift(say('iopub', 'error', told));
    messages.push(say(channel, 'execute_reply', { ...failed, execution_count: 0, payload: [] }));
  } else if (request !== null) messages.push(say(channel, `${request}_reply`, failed));
  return messages;
}

function own(parent: KernelHeader, type: string): KernelHeader {
  return { ...parent, msg_id: `${parent.msg_id}-refused-${type}`, msg_type: type, username: 'gatehouse' };
}
