import { useEffect, useMemo, useReducer } from 'preact/hooks';
import { connect, makeController } from '../controller.ts';
import { FoundList } from '../parts/found-list.tsx';
import { ErrorNotice } from '../parts/notice.tsx';
import { ServerCard } from '../parts/server-card.tsx';
import { EmptyCard, SetupCard } from '../parts/setup-card.tsx';
import { TrustNotice } from '../parts/trust.tsx';
import { emptyModel, reduce, resting, running, type Model } from '../state.ts';
import { CustomView } from './custom.tsx';
import { FailureView } from './failure.tsx';
import type { ViewProps } from './view-props.ts';

/** The home window: what runs, what was found, and how to start it. */
export function HomeView() {
  const [model, dispatch] = useReducer(reduce, Date.now(), emptyModel);
  const controller = useMemo(() => makeController(dispatch), []);
  useEffect(() => connect(dispatch, controller), [controller]);
  return (
    <main class="window">
      <Page model={model} controller={controller} dispatch={dispatch} />
      <div class="unseen" role="status" aria-live="polite">
        {model.said}
      </div>
    </main>
  );
}

function Page({
  model,
  controller,
  dispatch,
}: ViewProps & { readonly dispatch: Parameters<typeof makeController>[0] }) {
  switch (model.page.kind) {
    case 'failure':
      return <FailureView id={model.page.id} model={model} controller={controller} dispatch={dispatch} />;
    case 'custom':
      return <CustomView model={model} controller={controller} />;
    case 'list':
      return <ListPage model={model} controller={controller} />;
    default:
      return model.page satisfies never;
  }
}

function ListPage({ model, controller }: ViewProps) {
  return (
    <div class="stack far">
      <Header model={model} controller={controller} />
      {model.notice !== null && <ErrorNotice notice={model.notice} dismiss={() => controller.dismiss()} />}
      {model.question !== null && <TrustNotice question={model.question} controller={controller} />}
      <CoreNotice model={model} controller={controller} />
      <ServerSection title="Running" servers={running(model)} model={model} controller={controller} />
      {model.setup !== null && <SetupCard setup={model.setup} controller={controller} />}
      <FoundSection model={model} controller={controller} />
      <ServerSection title="Earlier" servers={resting(model)} model={model} controller={controller} />
    </div>
  );
}

function Header({ model, controller }: ViewProps) {
  return (
    <header>
      <div class="row">
        <h1 class="grow">Gatehouse</h1>
        <button class="plain" onClick={() => controller.people()}>
          People
        </button>
        <button class="plain" onClick={() => controller.about()}>
          About
        </button>
        <button class="plain" onClick={() => controller.quit()}>
          Quit
        </button>
      </div>
      <p class="quiet small">
        {model.about === null ? '\u00a0' : `${model.about.secretsSentence} ${sharingSentence(model)}`}
      </p>
    </header>
  );
}

function sharingSentence({ sharing, servers }: Model): string {
  const names = servers.filter(({ id }) => sharing[id] !== undefined).map(({ name }) => `“${name}”`);
  if (names.length === 0) return 'Nothing is shared.';
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} shared.`;
}

function CoreNotice({ model, controller }: ViewProps) {
  if (model.shell === null || model.shell.core === 'ready') return null;
  if (model.shell.core === 'connecting') {
    return (
      <p class="quiet row near" role="status">
        <span class="spinner" aria-hidden="true" /> Starting Gatehouse’s core…
      </p>
    );
  }
  return (
    <div class="note bad row top" role="alert">
      <div class="grow">
        <strong>Gatehouse’s core is not running.</strong>
        <div class="small">
          {model.shell.reason} Its servers have been stopped, and none can start until it runs again.
        </div>
      </div>
      <button class="main" onClick={() => controller.reconnect()}>
        Start it again
      </button>
    </div>
  );
}

interface SectionProps extends ViewProps {
  readonly title: string;
  readonly servers: Model['servers'];
}

function ServerSection({ title, servers, model, controller }: SectionProps) {
  if (servers.length === 0 || model.shell?.core === 'lost') return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <div class="cards">
        {servers.map(server => (
          <ServerCard
            key={server.id}
            server={server}
            kinds={model.kinds}
            now={model.now}
            home={model.about?.home ?? null}
            shared={model.sharing[server.id] ?? null}
            controller={controller}
          />
        ))}
      </div>
    </section>
  );
}

function FoundSection({ model, controller }: ViewProps) {
  if (model.shell?.core !== 'ready') return null;
  if (model.found === null) {
    return (
      <section aria-label="Found on this computer" aria-busy="true">
        <h2>Found on this computer</h2>
        <div class="card row">
          <span class="spinner" aria-hidden="true" />
          <span class="quiet">Looking for servers and their environments…</span>
        </div>
      </section>
    );
  }
  // While one is being made there is nothing else to say.
  if (model.found.length === 0 && model.setup !== null) return null;
  const nothing = model.found.every(({ problem }) => problem !== null);
  const noJupyter = model.found.every(({ profile, problem }) => profile !== 'jupyter' || problem !== null);
  return (
    <section aria-label="Found on this computer" aria-busy={model.looking}>
      <div class="row">
        <h2 class="grow">Found on this computer</h2>
        {!nothing && (
          <button class="plain small" disabled={model.looking} onClick={() => controller.look()}>
            {model.looking ? 'Looking…' : 'Look again'}
          </button>
        )}
      </div>
      <div class="cards">
        {noJupyter && model.setup === null && <EmptyCard controller={controller} />}
        {model.found.length > 0 && (
          <FoundList
            found={model.found}
            kinds={model.kinds}
            home={model.about?.home ?? null}
            controller={controller}
          />
        )}
      </div>
      {!nothing && (
        <div class="row wrap near under">
          {!noJupyter && <button onClick={() => controller.startInFolder()}>Start in a folder…</button>}
          <button onClick={() => controller.custom()}>Custom command…</button>
          <span class="quiet small">or drop a notebook here</span>
        </div>
      )}
    </section>
  );
}
