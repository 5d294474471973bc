/**
 * Watches the JSON in which a server's page sends a part of a file: what part it is, and how many bytes of
 * the file are in it.
 */
import type { UploadParts } from '../../ports.ts';
import { JsonObjectReader, type JsonMember } from './json-object.ts';
import type { BodyWatch } from './request-body.ts';
import { notBegun, type Part, type Writing } from './uploaded-files.ts';
import type { UploadRefusal } from './upload-watch.ts';

const unclear: UploadRefusal = {
  status: 400,
  message: 'This upload can be read in more than one way, or not at all',
};

/** @param tooLarge what is said where the file is larger than it may be */
export function watchParts(
  rule: UploadParts,
  writing: Writing,
  tooLarge: UploadRefusal,
  clock: () => number,
): BodyWatch {
  const members = new Map<string, JsonMember>();
  const named: readonly string[] = [rule.part, rule.content, rule.format];
  const reader = new JsonObjectReader(member => {
    if (!named.includes(member.name)) return true;
    // A second one of the name would be the one that counts for the server.
    if (members.has(member.name)) return false;
    members.set(member.name, member);
    return true;
  });
  let isJudged = false;
  return chunk => {
    if (!reader.push(chunk)) return unclear;
    const { current } = reader;
    const content = members.get(rule.content) ?? (current.name === rule.content ? current : undefined);
    const part = partOf(members.get(rule.part));
    if (part === null) return unclear;
    if (isJudged) return null;
    // Which part it is may be said behind the content: until then it may be one that begins the file.
    const isKnown = reader.isOver || members.has(rule.part);
    const context = writing.context(isKnown ? part : 'first', clock());
    if (context < 0) return notBegun;
    const bytes = bytesOf(content, reader.isOver ? members.get(rule.format)?.start : 'base64');
    if (bytes > context) return tooLarge;
    if (reader.isOver) {
      isJudged = true;
      writing.take(part, bytes, clock());
    }
    return null;
  };
}

/** Null for a number that two programs may read differently: `1.0`, `true` and 1 are the same to Python. */
function partOf(member: JsonMember | undefined): Part | null {
  if (member === undefined || (member.kind === 'scalar' && member.start === 'null')) return 'whole';
  if (member.kind !== 'scalar' || !/^-?[1-9]\d{0,8}$/.test(member.start)) return null;
  return member.start === '1' ? 'first' : member.start === '-1' ? 'last' : 'next';
}

/** Bytes that the file has of it, or more. */
function bytesOf(content: JsonMember | undefined, format: string | undefined): number {
  if (content === undefined) return 0;
  if (content.kind === 'string' && format === 'base64')
    return Math.floor(((content.characters - content.equals) * 3) / 4);
  return content.bytes;
}
