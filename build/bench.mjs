/*
 * `npm run bench`: measures what ships, the built core, against the bare server and against other proxies.
 * See doc/benchmarks.md.
 */
import { join } from 'node:path';
import { become, buildCore, install, node, root } from './prepare.mjs';

install();
buildCore();
become(node, [join(root, 'test', 'bench', 'run.ts'), ...process.argv.slice(2)]);
