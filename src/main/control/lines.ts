import type { Socket } from 'node:net';

/**
 * Cuts what a socket receives into lines of at most `limit` bytes. A longer line is an attack or a fault:
 * `onTooLong` is called once and nothing more is read.
 */
export function readLines(
  socket: Socket,
  limit: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  let parts: Buffer[] = [];
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      if (size + end > limit) return stop();
      parts.push(rest.subarray(0, end));
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      size = 0;
      rest = rest.subarray(end + 1);
      onLine(line);
      if (socket.destroyed) return;
    }
    size += rest.length;
    if (size > limit) return stop();
    if (rest.length > 0) parts.push(rest);
  });
  function stop(): void {
    parts = [];
    socket.removeAllListeners('data');
    onTooLong();
  }
}
