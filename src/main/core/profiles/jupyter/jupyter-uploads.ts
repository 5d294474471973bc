/**
 * How JupyterLab's page sends a large file: as `PUT /api/contents/PATH`, 1 MB at a time, each with its
 * number; the last is -1.
 */
import { posix } from 'node:path';
import type { UploadParts } from '../../ports.ts';

const contents = '/api/contents/';

/** One spelling for each file, as Jupyter finds it. Null where it cannot be read. */
function fileOf(path: string, platform: NodeJS.Platform): string | null {
  try {
    const file = posix.normalize(`/${decodeURIComponent(path.slice(contents.length))}`).replace(/\/$/, '');
    // Their usual file systems take these for the same name.
    return platform === 'linux' ? file : file.normalize('NFC').toLowerCase();
  } catch {
    return null;
  }
}

export function jupyterUploads(platform: NodeJS.Platform): UploadParts {
  return {
    part: 'chunk',
    content: 'content',
    format: 'format',
    touches(method, path) {
      if (!path.startsWith(contents)) return null;
      const file = fileOf(path, platform);
      if (file === null) return method === 'PUT' ? 'unclear' : null;
      if (method === 'PUT') return { file, act: 'writes' };
      return method === 'PATCH' || method === 'DELETE' ? { file, act: 'moves' } : null;
    },
  };
}
