import { useEffect, useRef } from 'preact/hooks';
import type { Failure } from '../../shared/model.ts';
import { ask, infoOf } from '../bridge.ts';
import type { Dispatch } from '../controller.ts';
import { KindIcon } from '../parts/kind-icon.tsx';
import { ErrorNotice } from '../parts/notice.tsx';
import { best } from '../state.ts';
import type { ViewProps } from './view-props.ts';

interface FailureProps extends ViewProps {
  readonly id: string;
  readonly dispatch: Dispatch;
}

/** Why a server did not start: its own last words, what happened, and what to do next. */
export function FailureView({ id, model, controller, dispatch }: FailureProps) {
  const server = model.servers.find(other => other.id === id);
  const failure = model.failures[id];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    ask('server.failure', id)
      .then(found => (found === null ? undefined : dispatch({ kind: 'failure', id, failure: found })))
      .catch((error: unknown) => dispatch({ kind: 'notice', notice: infoOf(error) }));
  }, [id, server?.state, dispatch]);
  const name = server?.name ?? id;
  const other = best(model);
  const isOver = server?.state !== 'failed';
  return (
    <div class="stack far">
      <button class="plain back" onClick={() => controller.home()}>
        ‹ All servers
      </button>
      <div class="row top">
        <KindIcon kinds={model.kinds} profile={server?.profile} title={server?.title ?? '?'} />
        <div class="grow">
          <h1 ref={heading} tabIndex={-1}>
            {name} {isOver ? 'runs again' : 'did not start'}
          </h1>
          <p class="quiet">
            {isOver
              ? 'It has been started again; the list shows its state.'
              : (failure?.summary ?? server.reason)}
          </p>
        </div>
      </div>
      {model.notice !== null && <ErrorNotice notice={model.notice} dismiss={() => controller.dismiss()} />}
      {failure !== undefined && <Details failure={failure} />}
      <div class="row near wrap">
        <button class="main" onClick={() => controller.restart(id)}>
          Try again
        </button>
        {other !== null && <button onClick={() => controller.home()}>Use another environment…</button>}
        {server?.profile === 'jupyter' && (
          <button onClick={() => controller.setup('jupyter')}>Make a new environment</button>
        )}
        <button onClick={() => controller.copyFailure(id)}>Copy details</button>
      </div>
      {failure !== undefined && <Output failure={failure} />}
    </div>
  );
}

function Details({ failure }: { readonly failure: Failure }) {
  const last = failure.lastLines.filter(line => line.trim() !== '').at(-1);
  return (
    <>
      {last !== undefined && (
        <div class="note bad">
          <strong>The last line of its output</strong>
          <div class="mono break">{last}</div>
        </div>
      )}
      {failure.nextStep !== '' && (
        <p>
          <strong>What to do:</strong> {failure.nextStep}
        </p>
      )}
    </>
  );
}

function Output({ failure }: { readonly failure: Failure }) {
  const ended =
    failure.signal === null ? `exit code ${failure.exitCode ?? 'unknown'}` : `signal ${failure.signal}`;
  const tried = failure.attempts === 1 ? 'tried once' : `tried ${failure.attempts} times`;
  return (
    <details open>
      <summary class="quiet">
        The command and its last {failure.lastLines.length} lines · {ended}, {tried}
      </summary>
      <pre tabIndex={0} aria-label="Command and output">
        {[`$ ${failure.command}`, ...failure.lastLines].join('\n')}
      </pre>
    </details>
  );
}
