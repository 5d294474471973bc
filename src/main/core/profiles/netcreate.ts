/**
 * Net.Create: a page on one port, and a raw WebSocket on another, whose address is written into the page. It
 * knows no credential and listens on the network; here both ports are on loopback (shim), both are proved to
 * be this run's, and both are served under one origin, so that the page dials where it came from. What is
 * rewritten is where NetCreate writes the address (`app/assets/index.ejs`, `app/unisys/client-network.js` of
 * netcreate-itest, and of its releases since 2018), and nothing else.
 */
import { readFile, stat } from 'node:fs/promises';
import type { FoundServer } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type { LaunchPlan, PageRewrite, Profile } from '../ports.ts';
import { shortHash } from '../text/short-hash.ts';
import { fullOnly } from './common/full-only.ts';
import { findAndPlan } from './common/find-and-plan.ts';
import { type ProfileKind, type ProfileOptions } from './kind.ts';
import { findPrograms } from './common/programs.ts';
import { pathsOf } from './python/interpreter.ts';
import { planSimple } from './simple/plan-simple.ts';
import type { SimpleRun, SimpleServer } from './simple/simple-server.ts';

export const kind: ProfileKind = {
  name: 'netcreate',
  title: 'Net.Create',
  aliases: ['net.create'],
  // Three nodes and their edges.
  icon: 'M6 3a3 3 0 012.900 3.800l5.300 3A3 3 0 1117 15a3 3 0 01-2.600-1.500l-5.400 3A3 3 0 115 14.200V8.800A3 3 0 016 3z',
  file: 'may',
  untrusted: 'Net.Create is a program in the folder, so it does not start.',
  order: 210,
  docs: {
    tried: null,
    credential: 'none: Gatehouse is the only guard of both ports',
    notEnforced:
      'Its class tokens are checked in the browser and can be forged by anyone who has seen one. Administration, too, is decided in the browser: guests are not offered it (up to 2023 by the address or by `admin=true`, since 2024 by both), but a guest who runs a script there has it. Its ports are open to other accounts on the computer.',
  },
  folderCode: {
    untrusted: 'refused',
    whenUntrusted: 'Nothing: the start is refused, as Net.Create is a program in the folder.',
    whenTrusted: 'All of it, with its `node_modules`.',
    tested: null,
  },
  ownVariables: /^NC_|^(?:PORT|HOST)$/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: its port on 127.0.0.1 asks for none, and it has no use for one of a gateway.',
    tested: null,
  },
  create: netCreateProfile,
};

/** Below no path of NetCreate's: it serves no folder that begins with a dot. */
const branchPath = '/.gatehouse/net';
const defaultDataset = 'gatehouse';

const pages = ['/', '/index.html'];
const scripts = ['/scripts/netc-app.js'];

/**
 * The port carries the path of the branch: releases before 2024 dial `ws://` + address + `:` + port, on https
 * too; later ones, on https, the host + `/ws-port/` + port + `/`.
 */
function rewrites(port: number, reader: 'owner' | 'guest'): readonly PageRewrite[] {
  const quotes = [`'`, `"`];
  const address = quotes.map(quote => ({
    from: `uaddr: ${quote}127.0.0.1${quote}`,
    to: `uaddr: ${quote}{hostname}${quote}`,
  }));
  const number = quotes.map(quote => ({
    from: `uport: ${quote}${port}${quote}`,
    to: `uport: ${quote}{port}${branchPath}${quote}`,
  }));
  const scheme = [...quotes.map(quote => `${quote}ws://${quote}`), '`ws://$'].map(from => ({
    from,
    to: from.replace('ws:', '{ws}:'),
  }));
  const guest = reader === 'guest' ? withoutAdministration : { page: [], script: [] };
  return [
    { paths: pages, type: 'text/html', texts: [...address, ...number, ...guest.page] },
    { paths: scripts, type: 'text/javascript', texts: [...scheme, ...guest.script] },
  ];
}

/**
 * The attack: Net.Create takes a browser at 127.0.0.1 for the teacher's (releases up to 2023), or one that is
 * there and has `admin=true` in its address (since 2024); and up to 2023 `admin=true` is enough for anybody.
 * Behind the gateway everybody is at 127.0.0.1. So the page tells a guest the guest's own address, and the
 * script no longer asks for either. It is decided in the browser all the same: who writes a script there is
 * an administrator.
 */
const withoutAdministration = {
  page: [`'`, `"`].flatMap(quote =>
    ['', '::ffff:'].map(prefix => ({
      from: `ip: ${quote}${prefix}127.0.0.1${quote}`,
      to: `ip: ${quote}{client}${quote}`,
    })),
  ),
  script: [`'`, `"`].flatMap(quote => [
    { from: `.ip === ${quote}127.0.0.1${quote}`, to: `.ip === '?'` },
    { from: `.endsWith(${quote}127.0.0.1${quote})`, to: `.endsWith('?')` },
    { from: `location.href.includes(${quote}admin=true${quote})`, to: 'false' },
  ]),
};

const server: SimpleServer = {
  name: kind.name,
  title: kind.title,
  source: { kind: 'program', names: ['nc.js'] },
  file: 'may',
  listens: 'port',
  command: run => [
    `--dataset=${datasetOf(run)}`,
    `--port=${run.port}`,
    `--netport=${secondPortOf(run)}`,
    '--ip=127.0.0.1',
  ],
  variables: run => ({ NODE_OPTIONS: `--require "${shimFile(run)}"` }),
  alsoPorts: run => [secondPortOf(run)],
  // It builds its page before it answers.
  readyPath: '/',
  readySeconds: 300,
  upstream: run => ({
    branches: [
      {
        paths: [branchPath, `/ws-port/{port}${branchPath}/`],
        address: { kind: 'port', port: secondPortOf(run) },
        target: '/',
      },
    ],
    rewrites: rewrites(secondPortOf(run), 'owner'),
    guestRewrites: rewrites(secondPortOf(run), 'guest'),
  }),
  sharing: fullOnly('Net.Create decides in the browser who may edit, so guests cannot be restricted there.'),
};

/** Given to every kind that has further ports. */
function secondPortOf({ secondPort }: SimpleRun): number {
  if (secondPort === null) throw new Error('no second port');
  return secondPort;
}

/** Backslashes and quotes are the two that Node takes for its own in this variable. */
function shimFile({ platform, shim }: SimpleRun): string {
  return pathsOf(platform).join(shim, 'gatehouse-loopback.cjs').replaceAll(/["\\]/g, '\\$&');
}

/** The data set is named by its file, `runtime/NAME.loki`. */
function datasetOf({ file, platform }: SimpleRun): string {
  if (file === null) return defaultDataset;
  const name = pathsOf(platform)
    .basename(file)
    .replace(/\.loki$/, '');
  // It is written into a script by nc.js as it is.
  if (/^[\w-]{1,80}$/.test(name)) return name;
  throw new GatehouseError('bad-dataset', `"${name}" cannot be the name of a Net.Create data set here.`, {
    kind: 'usage',
    nextStep: 'Name the file with letters, digits, "-" and "_", such as runtime/class-1.loki.',
  });
}

function netCreateProfile(options: ProfileOptions): Profile {
  return {
    name: kind.name,
    title: kind.title,
    ...findAndPlan({
      title: kind.title,
      canSetUp: false,
      log: options.log,
      look: ({ folder }) => findCheckout(folder, options),
      plan: async (request, chosen, context) =>
        onNode(await planSimple(server, options, request, chosen, context), chosen, options),
    }),
    setup: null,
    sharing: server.sharing,
  };
}

/**
 * It is no installed program but a checkout: the opened folder, or `build` in it. Who names the folder and
 * this kind has asked for its code to be run.
 */
async function findCheckout(folder: string | undefined, options: ProfileOptions): Promise<FoundServer[]> {
  if (folder === undefined) return [];
  const paths = pathsOf(options.platform);
  const found: FoundServer[] = [];
  for (const context of [folder, paths.join(folder, 'build')]) {
    const location = paths.join(context, 'nc.js');
    const parts = [location, paths.join(context, 'app', 'unisys', 'server-network.js')];
    const there = await Promise.all(parts.map(path => stat(path).catch(() => null)));
    if (!there.every(facts => facts?.isFile() === true)) continue;
    const installed = await stat(paths.join(context, 'node_modules')).catch(() => null);
    found.push({
      id: `${kind.name}-${shortHash(location)}`,
      profile: kind.name,
      title: kind.title,
      version: await versionOf(paths.join(context, 'package.json')),
      location,
      origin: 'this folder',
      problem: installed === null ? 'Its packages are not installed: run `npm ci` in it.' : null,
    });
  }
  return found;
}

async function versionOf(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /"version"\s*:\s*"([\w.+-]{1,40})"/.exec(text)?.[1] ?? null;
}

async function onNode(plan: LaunchPlan, chosen: FoundServer, options: ProfileOptions): Promise<LaunchPlan> {
  const { environment, platform } = options;
  const [node] = await findPrograms({ environment, platform }, ['node']);
  if (node === undefined) {
    throw new GatehouseError('no-node', 'Net.Create needs Node.js, and there is none on PATH.', {
      kind: 'not-found',
      nextStep: 'Install the version that its own guide names.',
    });
  }
  return { ...plan, argv: [node, ...plan.argv], folder: pathsOf(platform).dirname(chosen.location) };
}
