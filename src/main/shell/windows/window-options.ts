import type { BrowserWindowConstructorOptions, Session } from 'electron/main';

/**
 * Everything that keeps a page away from this computer, said aloud even where it is Electron's default today.
 */
export function safePreferences(
  session: Session,
  development: boolean,
): NonNullable<BrowserWindowConstructorOptions['webPreferences']> {
  return {
    session,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
    devTools: development,
  };
}

/** The background colours of `styles.css`, so that a window does not flash while it loads. */
export function background(dark: boolean): string {
  return dark ? '#16181b' : '#f6f6f4';
}
