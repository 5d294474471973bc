import { execFile } from 'node:child_process';
import { z } from 'zod';
import { programCode } from '../../errors.ts';

export type Inspection =
  | { readonly kind: 'works'; readonly versions: Readonly<Record<string, string>> }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'too-slow' };

/**
 * The working folder is not on the path while this imports, and what is imported shows that the server can
 * be.
 */
const script = `
import sys
sys.path[:] = [p for p in sys.path if p]
import json
from importlib import metadata
found = {}
for name in ("jupyterlab", "notebook", "jupyter_server", "jupyter_collaboration"):
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
if "jupyter_server" in found and int(found["jupyter_server"].split(".")[0]) >= 2:
    import zmq, tornado.web, jupyter_server.auth.identity
print("gatehouse:" + json.dumps(found))
`;

const answerShape = z.record(z.string(), z.string());

export interface Question {
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** Runs an interpreter once, bounded in time, so only one that the user has chosen. Throws nothing. */
export function inspectPython(question: Question): Promise<Inspection> {
  const { python, environment, milliseconds, signal } = question;
  return new Promise(resolve => {
    execFile(
      python,
      ['-B', '-c', script],
      {
        cwd: '/',
        env: environment,
        timeout: milliseconds,
        killSignal: 'SIGKILL',
        maxBuffer: 1024 * 1024,
        signal,
      },
      (error, stdout, stderr) => {
        const line = stdout.split('\n').find(line => line.startsWith('gatehouse:'));
        if (error === null && line !== undefined) resolve(readAnswer(line));
        else if (error?.killed === true || error?.name === 'AbortError') resolve({ kind: 'too-slow' });
        else resolve({ kind: 'broken', reason: reasonOf(stderr, error) });
      },
    );
  });
}

function readAnswer(line: string): Inspection {
  try {
    return { kind: 'works', versions: answerShape.parse(JSON.parse(line.slice('gatehouse:'.length))) };
  } catch {
    return { kind: 'broken', reason: 'It answers in a way that Gatehouse does not understand.' };
  }
}

/** The interpreter's own last words, which say more than any of ours. */
function reasonOf(stderr: string, error: Error | null): string {
  const last = stderr
    .split('\n')
    .map(line => line.trim())
    .findLast(line => line !== '');
  if (last !== undefined) return last.slice(0, 300);
  const code = programCode(error) || 'unknown';
  if (code === 'EACCES') return 'You may not run its interpreter (EACCES).';
  if (code === 'ENOENT') return 'Its interpreter is not there any more.';
  return `Its interpreter ended without a message (${code}).`;
}
