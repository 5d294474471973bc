/**
 * Paths of a server that hand out what people have uploaded (`Upstream.contentPaths`), and what a service
 * worker may not be made of.
 */
import { percentDecoded } from '../../text/percent.ts';
import type { Answer } from '../http-answer.ts';

/**
 * As it was asked for, and as a server reads it that decodes a path before it chooses
 * (`/gradio_api/%66ile=`).
 */
export function isUserContent(paths: readonly RegExp[] | undefined, path: string): boolean {
  if (paths === undefined) return false;
  const decoded = path.includes('%') ? percentDecoded(path) : path;
  return paths.some(pattern => pattern.test(path) || pattern.test(decoded));
}

/**
 * The attack: an uploaded file is registered as a service worker and answers every later navigation below its
 * folder by itself, without the sandbox. The answer is not a refusal, because a browser keeps a worker whose
 * update is refused: it is a worker of ours that takes the place of the one that is there, removes its own
 * registration, and answers nothing.
 */
export const workerRemoval: Answer = {
  status: 200,
  headers: [
    'Content-Type',
    'text/javascript; charset=utf-8',
    'Cache-Control',
    'no-store',
    'X-Content-Type-Options',
    'nosniff',
    'Cross-Origin-Resource-Policy',
    'same-origin',
    'Content-Security-Policy',
    "default-src 'none'",
  ],
  body: [
    "addEventListener('install', () => skipWaiting());",
    "addEventListener('activate', event => event.waitUntil(registration.unregister()));",
    '',
  ].join('\n'),
};
