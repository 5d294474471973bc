/** What doctor checks outside Gatehouse: ports, names, the proxy, folders and the disk. */
import { lookup } from 'node:dns/promises';
import { readdir, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { DoctorLine } from '../../../shared/model.ts';
import { proxiesIn } from '../server/proxy.ts';
import type { Environment, Paths } from '../paths.ts';

export function line(
  id: string,
  level: DoctorLine['level'],
  title: string,
  detail: string,
  nextStep = '',
): DoctorLine {
  return { id, level, title, detail, nextStep };
}

export async function portLines(): Promise<readonly DoctorLine[]> {
  const four = await canListen('127.0.0.1');
  const six = await canListen('::1');
  if (four !== null)
    return [
      line(
        'ports',
        'problem',
        'Ports',
        `nothing can listen on 127.0.0.1 (${four})`,
        'Check the firewall and the sandbox of this account.',
      ),
    ];
  const also = six === null ? ' and [::1]' : `; no IPv6 loopback (${six}), which is fine`;
  return [line('ports', 'ok', 'Ports', `free ports on 127.0.0.1${also}`)];
}

/** Null when it can, else the error code of the system. */
function canListen(host: string): Promise<string | null> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
    server.listen({ host, port: 0 }, () => server.close(() => resolve(null)));
  });
}

export async function localhostLines(): Promise<readonly DoctorLine[]> {
  const name = 'gatehouse-check.localhost';
  const addresses = await lookup(name, { all: true }).catch(() => []);
  const foreign = addresses.filter(({ address }) => address !== '::1' && !address.startsWith('127.'));
  if (foreign.length > 0) {
    return [
      line(
        'localhost',
        'problem',
        '*.localhost',
        `resolves to ${foreign.map(({ address }) => address).join(', ')}, which is not this computer`,
        'Ask the administrator of the DNS server to answer *.localhost as RFC 6761 requires; do not sign in until then.',
      ),
    ];
  }
  if (addresses.length > 0) return [line('localhost', 'ok', '*.localhost', 'resolves to this computer')];
  return [
    line(
      'localhost',
      'ok',
      '*.localhost',
      'not resolved by the system; browsers resolve it themselves, command-line tools use 127.0.0.1',
    ),
  ];
}

export function proxyLine(environment: Environment): DoctorLine {
  const proxies = proxiesIn(environment);
  if (proxies.length === 0) return line('proxy', 'ok', 'Proxy', 'none set');
  const exceptions = ['no_proxy', 'NO_PROXY']
    .flatMap(name => (environment[name] ?? '').split(','))
    .map(each => each.trim());
  const set = proxies.join(', ');
  if (exceptions.includes('*') || exceptions.some(each => each === 'localhost' || each === '.localhost')) {
    return line('proxy', 'ok', 'Proxy', `${set}; not used for this computer`);
  }
  return line(
    'proxy',
    'warning',
    'Proxy',
    `${set}; NO_PROXY does not name localhost, so tools in a terminal may send local requests to the proxy`,
    'Add `localhost,.localhost,127.0.0.1` to NO_PROXY. Gatehouse adds it for the servers it starts, and never uses a proxy for local addresses itself.',
  );
}

export async function folderLines(paths: Paths): Promise<readonly DoctorLine[]> {
  const folders = [
    ...new Set([paths.config, paths.data, paths.state, paths.logs, paths.cache, paths.runtime]),
  ];
  const lines = await Promise.all(folders.map(folder => folderLine(folder, paths.uid)));
  const wrong = lines.filter(each => each !== null);
  return [
    ...(wrong.length > 0 ? wrong : [line('folders', 'ok', 'Folders', `private, under ${paths.home}`)]),
    await diskLine(paths.state),
  ];
}

async function folderLine(folder: string, uid: number | null): Promise<DoctorLine | null> {
  const facts = await stat(folder).catch(() => null);
  if (facts === null) return null;
  if (uid !== null && facts.uid !== uid)
    return line(
      'folders',
      'problem',
      'Folders',
      `${folder} belongs to user ${facts.uid}`,
      'Change its owner back to your account, or set GATEHOUSE_HOME.',
    );
  if (uid !== null && (facts.mode & 0o077) !== 0)
    return line('folders', 'problem', 'Folders', `${folder} is open to other users`, `chmod 700 "${folder}"`);
  return null;
}

/** Files that could not be read: their contents are no longer in force, and the owner has to know. */
export async function asideLines({ config, state }: Paths): Promise<readonly DoctorLine[]> {
  const folders = [...new Set([config, state])];
  const lists = await Promise.all(
    folders.map(async folder => {
      const names = await readdir(folder).catch(() => []);
      return names.filter(name => /\.json\.broken-/.test(name)).map(name => join(folder, name));
    }),
  );
  const aside = lists.flat();
  if (aside.length === 0) return [line('put-aside', 'ok', 'Put aside', 'nothing')];
  return aside.map(path =>
    line(
      'put-aside',
      'warning',
      'Put aside',
      `${path} could not be read; its contents are no longer in force`,
      'Open it, enter again what you still need, and delete it.',
    ),
  );
}

async function diskLine(folder: string): Promise<DoctorLine> {
  const facts = await statfs(folder).catch(() => null);
  if (facts === null) return line('disk', 'ok', 'Disk', 'not known');
  const megabytes = Math.floor((facts.bavail * facts.bsize) / 1e6);
  if (megabytes < 200)
    return line(
      'disk',
      'warning',
      'Disk',
      `${megabytes} MB free in ${folder}`,
      'Free some space: logs and settings may not be saved otherwise.',
    );
  return line('disk', 'ok', 'Disk', `${Math.floor(megabytes / 1000)} GB free`);
}
