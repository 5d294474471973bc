import { readFileSync } from 'node:fs';

/** The lines of a file of attacks, without comments and empty lines. */
export function attacks(name: string): readonly string[] {
  const path = new URL(`../adversarial/${name}`, import.meta.url);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('# '));
}

/** `\r\n`, `\0`, `\x..` and `\\` in a line stand for those bytes. */
export function bytesOf(line: string): string {
  return line.replaceAll(/\\(x[0-9a-f]{2}|[rnt0\\])/gi, (_match, code: string) => {
    const plain: Record<string, string> = { r: '\r', n: '\n', t: '\t', '0': '\0', '\\': '\\' };
    return plain[code] ?? String.fromCharCode(Number.parseInt(code.slice(1), 16));
  });
}
