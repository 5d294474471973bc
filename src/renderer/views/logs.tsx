import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ServerInfo } from '../../shared/model.ts';
import { ask, hear, infoOf } from '../bridge.ts';
import { append, emptyLog, follow, pause, type LogModel } from '../log-lines.ts';
import { clockTime, stateWords, toneOf } from '../words.ts';

/** Lines asked for at first. */
const firstLines = 1000;

/** The live log of one server: follows, can be paused, keeps a bounded number of lines. */
export function LogView({ id }: { readonly id: string }) {
  const [log, setLog] = useState<LogModel>(emptyLog);
  const [server, setServer] = useState<ServerInfo | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => watch(id, setLog, setServer, setProblem), [id]);
  useEffect(() => {
    document.title = `${server?.name ?? id} - log`;
  }, [server?.name, id]);
  const paused = log.held !== null;
  return (
    <main class="window log-window">
      <header class="row wrap">
        <h1 class="grow">{server?.name ?? id}</h1>
        {server !== null && (
          <span class="row close">
            <span class={`dot ${toneOf(server.state)}`} aria-hidden="true" />
            <span class="quiet small" role="status">
              {stateWords(server, Date.now())}
            </span>
          </span>
        )}
        <button aria-pressed={paused} onClick={() => setLog(paused ? follow : pause)}>
          {paused ? `Follow (${log.held.length} new)` : 'Pause'}
        </button>
      </header>
      {problem !== '' && (
        <div class="note bad" role="alert">
          {problem}
        </div>
      )}
      <Lines log={log} onPause={() => setLog(pause)} />
    </main>
  );
}

function Lines({ log, onPause }: { readonly log: LogModel; readonly onPause: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const paused = log.held !== null;
  useLayoutEffect(() => {
    if (!paused && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [log.lines, paused]);
  const onWheel = (event: WheelEvent): void => {
    if (event.deltaY < 0) onPause();
  };
  return (
    <div class="log" ref={box} role="log" aria-live="off" aria-label="Output" tabIndex={0} onWheel={onWheel}>
      {log.dropped > 0 && <div class="quiet">{log.dropped} earlier lines are in the log file only.</div>}
      {log.lines.length === 0 && <div class="quiet">There is no output yet.</div>}
      {log.lines.map((line, place) => (
        <div key={log.dropped + place} class={line.from === 'gatehouse' ? 'line ours' : 'line'}>
          <span class="time">{clockTime(line.at)}</span>
          <span>{line.text}</span>
        </div>
      ))}
    </div>
  );
}

type Set<T> = (value: T | ((before: T) => T)) => void;

function watch(
  id: string,
  setLog: Set<LogModel>,
  setServer: Set<ServerInfo | null>,
  setProblem: Set<string>,
): () => void {
  const load = async (): Promise<void> => {
    const servers = await ask('server.list');
    setServer(servers.find(server => server.id === id) ?? null);
    const lines = await ask('server.logs', id, { lines: firstLines });
    setLog(append(emptyLog, lines));
    setProblem('');
  };
  const attempt = (): void => {
    load().catch((error: unknown) => setProblem(infoOf(error).message));
  };
  attempt();
  const offs = [
    hear('server.log', event => {
      if (event.id === id) setLog(log => append(log, [event.line]));
    }),
    hear('server.changed', server => {
      if (server.id === id) setServer(server);
    }),
    hear('shell.changed', shell => {
      if (shell.core === 'ready') attempt();
      if (shell.core === 'lost') setProblem(`Gatehouse’s core is not running. ${shell.reason}`);
    }),
  ];
  return () => {
    for (const off of offs) off();
  };
}
