// A server for tests, good or bad in one particular way: node bad-server.mjs MODE ADDRESS SECRET_FILE
// ADDRESS is a port or the path of a Unix socket. A good one answers its secret; that is how a test knows it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [mode, address, secretFile] = process.argv.slice(2);
const mine = process.env.GATEHOUSE_RUN ?? '';
const clean = { ...process.env };
delete clean.GATEHOUSE_RUN;

/** Something that would stay for ever if nobody ended it. */
function linger(environment, detached) {
  const script =
    "process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {}); setInterval(() => {}, 1e6);";
  return spawn(process.execPath, ['-e', script, `linger-${mine}`], {
    detached,
    env: environment,
    stdio: 'ignore',
  });
}

function listen() {
  const secret = readFileSync(secretFile, 'utf8');
  let mute = false;
  const server = createServer((request, response) => {
    if (request.url === '/die') process.exit(7);
    if (request.url === '/leave') process.exit(0);
    if (request.url === '/shutdown') setTimeout(() => process.exit(0), 20);
    if (request.url === '/mute') mute = true;
    if (request.url === '/speak') mute = false;
    if (request.url === '/environment') {
      response.end(JSON.stringify(process.env));
    } else if (!mute || request.url === '/mute') {
      response.end(mode === 'stranger' ? 'another page' : secret);
    }
  });
  server.on('error', error => {
    console.error(String(error));
    process.exit(1);
  });
  const where = /^\d+$/u.test(address) ? { port: Number(address), host: '127.0.0.1' } : { path: address };
  server.listen(where, () => console.log('listening'));
}

switch (mode) {
  case 'good':
  case 'stranger':
    listen();
    break;
  case 'exit':
    console.error('no licence found');
    process.exit(3);
    break;
  case 'silent-exit':
    process.exit(4);
    break;
  case 'never':
    console.log('thinking');
    setInterval(() => {}, 1e6);
    break;
  case 'port-taken':
    console.error(`Error: listen EADDRINUSE: address already in use 127.0.0.1:${address}`);
    process.exit(1);
    break;
  case 'flood': {
    listen();
    const much = Buffer.alloc(64 * 1024, 'lots of words, again and again\n');
    const pour = () => {
      process.stdout.write(much, () => setTimeout(pour));
    };
    for (let at = 0; at < 8; at += 1) pour();
    break;
  }
  case 'fork-away':
    linger(process.env, true).unref();
    process.exit(0);
    break;
  case 'deaf':
    process.on('SIGTERM', () => console.log('TERM is not for me'));
    listen();
    break;
  case 'denying-family':
    // Denies its origin in every way, but for its parent while that lives.
    linger(clean, true);
  // falls through
  case 'family':
    // One in its own session with the marker (as kernels are), and one in the group without it.
    linger(process.env, true);
    linger(clean, false);
    process.on('SIGTERM', () => {});
    listen();
    break;
  case 'secret':
    console.log(`my secret is ${readFileSync(secretFile, 'utf8')}, keep it`);
    listen();
    break;
  default:
    throw new Error(`unknown mode ${mode}`);
}
