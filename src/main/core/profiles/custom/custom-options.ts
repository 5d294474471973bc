/**
 * What the owner of a custom server says of it beyond its command (`CustomServer`), as the gateway and the
 * supervisor use it.
 */
import type { CodeOfKind } from '../../../../shared/error-codes.ts';
import type { CustomCredential, CustomSecondPort, CustomServer } from '../../../../shared/model.ts';
import { GatehouseError } from '../../errors.ts';
import type { PageRewrite, Upstream } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import { ask } from '../common/ask.ts';
import type { PlaceholderName } from './placeholders.ts';
import { pathRules } from './path-sharing.ts';

export function moreUpstream(custom: CustomServer, secondPort: number): Partial<Upstream> {
  const { secondPort: second, uploads, https, passesAuthorization } = custom;
  return {
    ...(uploads === undefined ? {} : { uploadTypes: uploads }),
    ...(https === true ? { scheme: 'https' } : {}),
    ...(passesAuthorization === true ? { passesAuthorization } : {}),
    ...(second === undefined
      ? {}
      : {
          branches: [{ paths: [second.path], address: { kind: 'port', port: secondPort }, target: '/' }],
          rewrites: second.rewrites.map(rewrite => filled(rewrite, second, secondPort)),
        }),
  };
}

function filled(
  { paths, type, texts }: CustomSecondPort['rewrites'][number],
  { path }: CustomSecondPort,
  port: number,
): PageRewrite {
  return {
    paths,
    type,
    texts: texts.map(({ from, to }) => ({
      from: from.replaceAll('{port2}', String(port)),
      to: to.replaceAll('{path}', path),
    })),
  };
}

/**
 * Said with each request, by the gateway alone: a client's header of the same name is removed. No secret, but
 * carried as the others are.
 */
export function fixedHeaders({ headers = {} }: CustomServer): Upstream['headers'] {
  return Object.entries(headers).map(([name, value]) => [name, new Secret(value)] as const);
}

/** Refuses what contradicts itself before anything is started. */
export function checkMore(
  custom: CustomServer,
  credential: CustomCredential,
  used: ReadonlySet<PlaceholderName>,
): void {
  const { base = '/', secondPort, roles, headers = {} } = custom;
  if (base !== '/' && !used.has('base')) {
    throw usage(
      'no-base',
      `The server is meant to serve its pages below ${base}, but its command does not say so.`,
      'Put {base} into the command.',
    );
  }
  if ((secondPort !== undefined) !== used.has('port2')) {
    throw usage(
      'no-second-port',
      secondPort === undefined
        ? 'The command has {port2}, but nothing says which path leads to it.'
        : 'A second port is described, but the command has no {port2}.',
      'Give both: {port2} in the command, and secondPort in the profile file.',
    );
  }
  const name = credential.kind === 'header' ? credential.name.toLowerCase() : null;
  if (Object.keys(headers).some(each => each.toLowerCase() === name)) {
    throw usage(
      'header-twice',
      `The header ${name} already carries the credential.`,
      'Leave it out of the headers of the profile file.',
    );
  }
  for (const role of ['viewer', 'editor'] as const) {
    if (roles?.[role] === undefined || pathRules(roles).decideRequest(role, 'GET', base, '').allow) continue;
    throw usage(
      'role-without-page',
      `A guest as ${role} could not open the first page, ${base}.`,
      `Add "GET ${base}" to the requests of ${role}.`,
    );
  }
}

/** Whatever it answers: what still runs after it is ended by TERM. */
export async function askToStop(
  upstream: Upstream,
  { method, path }: NonNullable<CustomServer['stop']>,
  signal: AbortSignal,
): Promise<void> {
  const { address, host } = upstream;
  const headers = Object.fromEntries(upstream.headers.map(([name, value]) => [name, value.reveal()]));
  await ask({ address, host, method, path, headers, signal });
}

function usage(code: CodeOfKind<'usage'>, message: string, nextStep: string): GatehouseError {
  return new GatehouseError(code, message, { kind: 'usage', nextStep });
}
