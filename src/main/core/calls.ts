import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { isCallName, type CallName, type Calls } from '../../shared/contract.ts';
import { argumentName } from './argument-names.ts';
import { customServerSchema } from './custom-schema.ts';
import { GatehouseError } from './errors.ts';
import { issueWords } from './issue-words.ts';
import { pageSchema } from './share/ledger/link.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is not a server id');
const profile = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'is not the name of a profile');
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    // No control characters: names and paths end in logs, titles and headers.
    .regex(/^[^\p{Cc}]*$/u, 'holds a control character');
const folder = text(4096).refine(isAbsolute, 'is not an absolute path');
/** RFC 9110, 5.6.2: a field name is a token. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, 'is not a header name');
const credential = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('header'), name: headerName }),
  z.strictObject({ kind: z.literal('bearer') }),
]);
/** A name without what ends it, and values without what ends them; Linux takes no longer one than 128 KiB. */
const variables = z
  .record(
    z.string().regex(/^[^=\0]{1,1024}$/),
    z
      .string()
      .max(131_072)
      .regex(/^[^\0]*$/),
  )
  .refine(all => JSON.stringify(all).length <= 2_000_000, 'is more than 2 MB of variables');
const caller = z.strictObject({ variables, login: z.boolean() });
export const startRequestSchema = z.strictObject({
  profile,
  found: text(4200).optional(),
  folder: folder.optional(),
  file: text(4096).optional(),
  name: text(80).optional(),
  command: z.array(z.string().max(8192)).min(1).max(256).optional(),
  credential: credential.optional(),
  readyPath: text(2048).regex(/^\//, 'does not begin with /').optional(),
  readySeconds: z.number().min(1).max(3600).optional(),
  custom: customServerSchema.optional(),
  umask: z.int().min(0).max(0o777).optional(),
  trustFolder: z.boolean().optional(),
  caller: caller.optional(),
});

const role = z.enum(['viewer', 'editor', 'full']);
const name = z.string().regex(/^[a-z0-9]{1,40}$/, 'is not an id');
const preview = {
  server: id,
  role,
  expiresSeconds: z.number().positive().max(1e9),
  uses: z.int().min(1).max(1_000_000).nullable(),
  approval: z.boolean(),
  listen: text(120).optional(),
  send: z.array(text(200)).max(200).optional(),
  receive: z.array(text(200)).max(200).optional(),
};
const shareRequest = z.strictObject({
  ...preview,
  label: text(100),
  group: text(100).nullable().optional(),
  opens: pageSchema.nullable().optional(),
  acknowledged: z.boolean(),
});

const none = z.tuple([]);
const oneId = z.tuple([id]);
const inputs = {
  'core.about': none,
  'core.busy': none,
  'core.quit': none,
  'core.resumed': none,
  'profiles.find': z.tuple([
    z.strictObject({ fresh: z.boolean(), folder: folder.optional(), caller: caller.optional() }),
  ]),
  'profiles.kinds': none,
  'folders.look': z.tuple([folder]),
  'folders.list': none,
  'folders.answer': z.tuple([folder, z.strictObject({ trusted: z.boolean() })]),
  'folders.forget': z.tuple([folder]),
  'folders.warnings': none,
  'server.list': none,
  'server.start': z.tuple([startRequestSchema]),
  'server.begin': z.tuple([startRequestSchema]),
  'server.stop': oneId,
  'server.restart': z.tuple([
    id,
    z.strictObject({ fresh: z.boolean().optional(), caller: caller.optional() }).optional(),
  ]),
  'server.forget': oneId,
  'server.failure': oneId,
  'server.logs': z.tuple([id, z.strictObject({ lines: z.int().min(1).max(10_000) })]),
  'server.link': z.tuple([
    id,
    z.strictObject({ tool: z.boolean(), begin: z.enum(['private', 'seen']).optional() }),
  ]),
  'server.token': oneId,
  'server.windowToken': oneId,
  'server.rotateToken': oneId,
  'share.preview': z.tuple([z.strictObject(preview)]),
  'share.create': z.tuple([shareRequest]),
  'share.links': none,
  'share.revoke': z.tuple([name]),
  'share.stop': oneId,
  'share.listeners': none,
  'share.people': none,
  'share.kick': z.tuple([name]),
  'share.waiting': none,
  'share.answer': z.tuple([name, z.strictObject({ allow: z.boolean() })]),
  'share.certificate': none,
  'share.keyPassphrase': z.tuple([z.string().min(1).max(1024)]),
  'authority.info': none,
  'authority.replace': none,
  'audit.read': z.tuple([z.strictObject({ lines: z.int().min(1).max(10_000) })]),
  'audit.verify': none,
  'secret.rotate': z.tuple([z.strictObject({ keyFile: folder.optional() })]),
  'setup.run': z.tuple([profile]),
  'setup.remove': z.tuple([profile]),
  'doctor.run': z.tuple([z.strictObject({ caller: caller.optional() }).optional()]),
  'config.list': none,
  'config.get': z.tuple([text(80)]),
  'config.set': z.tuple([text(80), z.unknown()]),
} satisfies { [K in CallName]: z.ZodType<Parameters<Calls[K]>> };

/** The functions that answer the calls (`call-answers.ts`). */
export type Answers = { readonly [K in CallName]: Calls[K] };

/**
 * Checks the name and the arguments of one call and answers it. Windows and the command line both come
 * through here. Throws GatehouseError `unknown-call` and `bad-arguments` (kind `usage`), and whatever the
 * answer throws.
 */
export async function answer(answers: Answers, name: string, args: readonly unknown[]): Promise<unknown> {
  if (!isCallName(name)) {
    throw new GatehouseError('unknown-call', `Gatehouse knows no call "${name.slice(0, 60)}".`, {
      kind: 'usage',
      nextStep: 'Use a command line and a window of the same version as the running core.',
    });
  }
  return answerKnown(answers, name, args);
}

function answerKnown(answers: Answers, name: CallName, args: readonly unknown[]): Promise<unknown> {
  const schema: z.ZodType<Parameters<Calls[CallName]>> = inputs[name];
  const checked = schema.safeParse(args, { error: issueWords });
  if (!checked.success) throw badArguments(name, checked.error);
  // `inputs` satisfies the contract line by line: what the schema of a name passed are its parameters.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const call = answers[name] as (...args: readonly unknown[]) => Promise<unknown>;
  return call(...checked.data);
}

function badArguments(name: string, error: z.ZodError): GatehouseError {
  const issue = error.issues[0];
  const what = issue?.message ?? 'is not what it should be';
  return new GatehouseError('bad-arguments', `${argumentName(name, issue?.path ?? [])} ${what}.`, {
    kind: 'usage',
    nextStep: 'Correct it and try again.',
  });
}
