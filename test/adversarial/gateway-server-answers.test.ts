/**
 * A server that answers what it should not. Whoever asked hears something or is cut at once: a request that
 * hangs is held by the attacker.
 */
import { afterEach, expect, test } from 'vitest';
import { attacks, bytesOf } from '../support/attacks.ts';
import { openRoom, rawExchange, token, websocket, type Room } from '../support/gateway.ts';

const rooms: Room[] = [];
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close();
});

async function told(
  line: string,
  method: string,
  extra: string,
): Promise<{ answer: string; tookMs: number }> {
  const room = await openRoom({
    rawServer: socket => {
      socket.once('data', () => socket.write(Buffer.from(bytesOf(line), 'latin1')));
    },
  });
  rooms.push(room);
  const begun = performance.now();
  const head = `${method} /a HTTP/1.1\r\nHost: ${room.host}\r\nX-Gatehouse-Token: ${token}\r\n${extra}\r\n`;
  const answer = await rawExchange(room.port, head, 3000);
  return { answer, tookMs: performance.now() - begun };
}

const upgrade = Object.entries(websocket)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

test.each(attacks('server-answers.txt'))('%s', async line => {
  for (const [method, extra] of [
    ['GET', 'Connection: close\r\n'],
    ['HEAD', 'Connection: close\r\n'],
    ['POST', 'Connection: close\r\nContent-Length: 0\r\n'],
  ] as const) {
    const { answer, tookMs } = await told(line, method, extra);
    expect(tookMs, method).toBeLessThan(2500);
    expect(answer, method).toMatch(/^(?:HTTP\/1\.1 \d{3} [\t\u0020-\u007e]*\r\n|$)/);
    expect(answer.slice(answer.indexOf('\r\n\r\n')), method).not.toMatch(
      /set-cookie|content-length|transfer-encoding/i,
    );
  }
  if (line.startsWith('HTTP/1.1 101 ')) return;
  const { answer, tookMs } = await told(line, 'GET', upgrade);
  expect(tookMs, 'upgrade').toBeLessThan(2500);
  expect(answer, 'upgrade').toMatch(/^(?:HTTP\/1\.1 \d{3} [\t\u0020-\u007e]*\r\n|$)/);
});

test('a trailer that is well-formed arrives', async () => {
  const { answer } = await told(
    String.raw`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: good\r\n\r\n`,
    'GET',
    'Connection: close\r\n',
  );
  expect(answer).toMatch(/2\r\nok\r\n0\r\nX-T: good\r\n\r\n$/);
});
