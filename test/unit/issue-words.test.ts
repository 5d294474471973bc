import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueWords } from '../../src/main/core/issue-words.ts';

const said = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value, { error: issueWords }).error?.issues[0]?.message;

test.each<[z.ZodType, unknown, string]>([
  [z.number().positive(), 0, 'must be more than 0'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().max(3600), 4000, 'must be at most 3600'],
  [z.number().lt(5), 5, 'must be less than 5'],
  [z.number(), Number.NaN, 'must be a number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.string(), 5, 'must be text'],
  [z.string(), undefined, 'is missing'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().max(3), 'long', 'must have at most 3 characters'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entries'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.enum(['viewer', 'editor']), 'x', 'must be one of viewer, editor'],
  [z.literal('none'), 'x', 'must be none'],
  [z.strictObject({}), { extra: 1 }, 'has an entry that is not known: extra'],
  [z.record(z.string(), z.string()), 5, 'must be an object'],
  [z.union([z.string(), z.number()]), true, 'has none of the forms that are known'],
  [z.email(), 'x', 'is not what it should be'],
  [z.string().regex(/a/, 'must have an a'), 'x', 'must have an a'],
])('%#: %j is told as: %s', (schema, value, words) => expect(said(schema, value)).toBe(words));
