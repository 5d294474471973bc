import type { StartRequest } from '../../shared/model.ts';
import type { SharePreviewRequest, ShareRequest } from '../../shared/share-model.ts';

type Named =
  | keyof StartRequest
  | keyof SharePreviewRequest
  | keyof ShareRequest
  | 'fresh'
  | 'trusted'
  | 'lines'
  | 'tool'
  | 'allow'
  | 'keyFile';

/** What a person calls the fields of a call, with the option that gives it. */
const names: Readonly<Record<Named, string>> = {
  profile: 'The kind of server',
  found: 'The installation (--env)',
  folder: 'The folder (--folder)',
  file: 'The file',
  name: 'The name (--name)',
  command: 'The command',
  credential: 'The credential (--credential)',
  readyPath: 'The readiness path (--ready-path)',
  readySeconds: 'The time for a start, in seconds (--ready-seconds)',
  custom: 'The profile file (--profile-file)',
  trustFolder: 'The decision about the folder (--trust)',
  server: 'The server',
  role: 'The role (--role)',
  expiresSeconds: 'The lifetime of the link, in seconds (--expires)',
  uses: 'The number of uses (--uses)',
  approval: 'The approval of guests (--approve)',
  listen: 'The network (--listen)',
  send: 'The list of types that may be sent (--send)',
  receive: 'The list of types that may be received (--receive)',
  label: 'The label of the link (--for)',
  group: 'The group (--group)',
  opens: 'The page (--open)',
  acknowledged: 'The acknowledgement (--yes)',
  caller: 'The environment',
  umask: 'The file mode mask (umask)',
  fresh: 'The choice to look again',
  trusted: 'The decision about the folder',
  lines: 'The number of lines (--lines)',
  tool: 'The choice of a link for tools (--tool)',
  allow: 'The answer to the waiting guest',
  keyFile: 'The file with the key (--key-file)',
};

/** @param path of what is wrong within the arguments of a call: position, field, place in the field */
export function argumentName(call: string, path: readonly PropertyKey[]): string {
  const [, field, ...inner] = path;
  const name = Object.entries(names).find(([known]) => known === field)?.[1];
  if (field === undefined) return `An argument of ${call}`;
  const place = inner.length === 0 ? '' : `, at ${inner.map(String).join('.')},`;
  return `${name ?? String(field)}${place}`;
}
