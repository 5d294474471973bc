/**
 * Runs before our own pages, in a sandbox, and gives them two functions. What is behind them is checked in
 * the main process.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron/renderer';
import { channels, type Bridge } from '../shared/window.ts';

const bridge = {
  call: (name: unknown, ...args: readonly unknown[]): Promise<unknown> =>
    ipcRenderer.invoke(channels.call, name, args),
  on: (name: unknown, listener: (event: unknown) => void): (() => void) => {
    const hear = (_event: unknown, told: unknown, value: unknown): void => {
      if (told === name) listener(value);
    };
    ipcRenderer.on(channels.event, hear);
    return () => {
      ipcRenderer.off(channels.event, hear);
    };
  },
} satisfies Record<keyof Bridge, unknown>;

contextBridge.exposeInMainWorld('gatehouse', bridge);

/** The path of a dropped file; Electron before 29 has it on the file itself. */
function pathOf(file: File): string {
  if (typeof webUtils === 'object') return webUtils.getPathForFile(file);
  const path: unknown = Reflect.get(file, 'path');
  return typeof path === 'string' ? path : '';
}

// The page learns that something was dropped, never where a file lies unless the main process says so.
window.addEventListener('dragover', event => event.preventDefault());
window.addEventListener('drop', event => {
  event.preventDefault();
  const file = event.dataTransfer?.files.item(0) ?? null;
  const path = file === null || !event.isTrusted ? '' : pathOf(file);
  if (path !== '') void ipcRenderer.invoke(channels.drop, path);
});
