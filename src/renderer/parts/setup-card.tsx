import type { SetupProgress } from '../../shared/model.ts';
import type { Controller } from '../controller.ts';

const steps = [
  ['find-python', 'Find Python'],
  ['make-environment', 'Make an environment'],
  ['install', 'Install JupyterLab'],
  ['check', 'Check that it starts'],
] as const;

/** The making of a managed environment, step by step. */
export function SetupCard({
  setup,
  controller,
}: {
  readonly setup: SetupProgress;
  readonly controller: Controller;
}) {
  if (setup.step === 'failed') {
    return (
      <section class="card stack" aria-label="Setting up JupyterLab">
        <div class="note bad" role="alert">
          <strong>JupyterLab could not be set up.</strong>
          <pre class="said">{setup.message}</pre>
        </div>
        <p class="quiet small">
          Nothing unfinished was left behind. Downloads are kept for the next attempt.
        </p>
        <button class="main" onClick={() => controller.setup(setup.profile)}>
          Try again
        </button>
      </section>
    );
  }
  const at = steps.findIndex(([step]) => step === setup.step);
  return (
    <section class="card stack" aria-label="Setting up JupyterLab">
      <h3>Setting up JupyterLab</h3>
      <ol class="steps">
        {steps.map(([step, words], place) => (
          <li
            key={step}
            class={place < at ? 'done' : place === at ? 'now' : ''}
            aria-current={place === at ? 'step' : undefined}
          >
            {words}
          </li>
        ))}
      </ol>
      {setup.fraction === null ? (
        <progress aria-label="Progress" />
      ) : (
        <progress aria-label="Progress" max={1} value={setup.fraction} />
      )}
      <p class="quiet small oneline" aria-live="polite">
        {setup.message}
      </p>
    </section>
  );
}

/** Nothing was found: what that means, and the way on. */
export function EmptyCard({ controller }: { readonly controller: Controller }) {
  return (
    <section class="card stack" aria-label="Nothing found">
      <h3>No JupyterLab was found on this computer</h3>
      <p class="quiet">
        Gatehouse can make a private one, with the newest JupyterLab from your package index. It takes about a
        minute and changes nothing else on this computer; you can remove it again.
      </p>
      <div class="row near wrap">
        <button class="main" onClick={() => controller.setup('jupyter')}>
          Make one
        </button>
        <button onClick={() => controller.look()}>Look again</button>
        <button onClick={() => controller.custom()}>Custom command…</button>
      </div>
    </section>
  );
}
