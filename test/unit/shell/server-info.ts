import type { ServerInfo } from '../../../src/shared/model.ts';

/** A server that runs, with what a test changes of it. */
export function serverInfo(change: Partial<ServerInfo>): ServerInfo {
  return {
    id: 'thesis-1',
    name: 'thesis',
    profile: 'jupyter',
    title: 'JupyterLab 4.6.6',
    origin: 'conda: thesis',
    folder: '/home/mira/work',
    state: 'ready',
    reason: 'It answers.',
    caveat: null,
    folderTrusted: false,
    trustChanged: false,
    url: 'http://thesis-1.localhost:4100/',
    pid: 77,
    startedAt: '2026-11-22T12:00:00.000Z',
    ...change,
  };
}
