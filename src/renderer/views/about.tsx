import { useEffect, useState } from 'preact/hooks';
import type { About } from '../../shared/model.ts';
import type { ShellState } from '../../shared/window.ts';
import { ask, hear } from '../bridge.ts';

/** Which versions run, where things are kept. What one needs for a bug report, and no secret. */
export function AboutView() {
  const [shell, setShell] = useState<ShellState | null>(null);
  const [about, setAbout] = useState<About | null>(null);
  useEffect(() => {
    const load = (): void => {
      ask('core.about').then(setAbout, () => setAbout(null));
    };
    ask('shell.state').then(setShell, () => setShell(null));
    load();
    return hear('shell.changed', state => {
      setShell(state);
      load();
    });
  }, []);
  return (
    <main class="window stack far">
      <div class="row">
        <svg class="badge" viewBox="0 0 64 64" aria-hidden="true">
          <rect width="64" height="64" rx="14" />
          <path d="M13 52V22h6v-6h6v6h4v-6h6v6h4v-6h6v6h6v30H41V42a9 9 0 0 0-18 0v10z" />
        </svg>
        <div>
          <h1>Gatehouse</h1>
          <p class="quiet">Starts local compute servers and lets nobody in without a key.</p>
        </div>
      </div>
      <dl class="card facts-list">
        {rowsOf(shell, about).map(([term, value]) => (
          <div key={term} class="row top">
            <dt class="quiet small">{term}</dt>
            <dd class="grow break">{value}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet small">Free software under the Apache License 2.0. No warranty.</p>
    </main>
  );
}

function rowsOf(shell: ShellState | null, about: About | null): readonly (readonly [string, string])[] {
  const tray =
    shell?.tray === true ? 'shown' : 'not supported by this desktop; the home window offers the same actions';
  return [
    ['Version', shell?.version ?? ''],
    ['Core', about === null ? 'not running' : `${about.version}, process ${about.pid}, Node ${about.node}`],
    ['Window', shell === null ? '' : `Electron ${shell.electron}`],
    ['Kept in', about?.home ?? ''],
    ['Secrets', about?.secretsSentence ?? ''],
    ['Tray', shell === null ? '' : tray],
  ];
}
