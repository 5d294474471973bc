/**
 * What zod finds wrong, as a sentence for a person: its own messages are written for whoever wrote the
 * schema. Pure.
 */
import type { z } from 'zod';

/** Words for what was expected: `must be a number`. */
const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'nothing',
};

const units: Readonly<Record<string, string>> = {
  string: 'characters',
  array: 'entries',
  set: 'entries',
  map: 'entries',
};

/** For `safeParse(value, { error: issueWords })`. What a schema says itself goes before it. */
export function issueWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${types[issue.expected] ?? 'of another kind'}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `has an entry that is not known: ${issue.keys.join(', ').slice(0, 100)}`;
    case 'invalid_union':
      return 'has none of the forms that are known';
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
      return 'is not what it should be';
    default:
      return 'is not what it should be';
  }
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  const unit = units[origin];
  if (unit === undefined) return `must be ${relation} ${limit}`;
  if (relation === 'at least' && Number(limit) === 1) return 'must not be empty';
  return `must have ${relation} ${limit} ${unit}`;
}
