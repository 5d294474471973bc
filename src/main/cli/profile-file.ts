/** The file of `--profile-file`, which describes a command of the user's own. */
import { readFile } from 'node:fs/promises';
import type { StartRequest } from '../../shared/model.ts';
import { profileFileSchema } from '../core/custom-schema.ts';
import { GatehouseError } from '../core/errors.ts';
import { issueWords } from '../core/issue-words.ts';

/** Far above what any person writes. */
const maxBytes = 256 * 1024;

/** Throws kind `not-found` or `usage`, with the file, the place in it and what belongs there. */
export async function readProfileFile(path: string): Promise<Pick<StartRequest, 'custom' | 'readyPath'>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new GatehouseError('no-profile-file', `The profile file "${path}" cannot be read.`, {
      kind: 'not-found',
      nextStep: 'Check its path.',
      cause,
    });
  });
  if (text.length > maxBytes) throw refusal(path, 'it is too long', 'Keep it below 256 KB.');
  const parsed = profileFileSchema.safeParse(parse(path, text), { error: issueWords });
  if (parsed.success) {
    const { readyPath, ...custom } = parsed.data;
    return { ...(readyPath === undefined ? {} : { readyPath }), custom };
  }
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  const what = issue?.message ?? 'it has a wrong form';
  throw refusal(path, where === '' ? what : `${where}: ${what}`, 'Correct it; README.md has an example.');
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refusal(path, `it is not JSON: ${why}`, 'Correct it; JSON allows no comments.');
  }
}

function refusal(path: string, what: string, nextStep: string): GatehouseError {
  return new GatehouseError('bad-profile-file', `The profile file "${path}" cannot be used: ${what}.`, {
    kind: 'usage',
    nextStep,
  });
}
