import type { FoundServer, ProfileInfo } from '../../shared/model.ts';
import type { Controller } from '../controller.ts';
import { foundTitle, shortPath } from '../words.ts';
import { KindIcon } from './kind-icon.tsx';

interface FoundProps {
  readonly found: readonly FoundServer[];
  readonly kinds: Readonly<Record<string, ProfileInfo>>;
  readonly home: string | null;
  readonly controller: Controller;
}

/** What this computer has, each with its version and where it lives; broken ones with the reason. */
export function FoundList({ found, kinds, home, controller }: FoundProps) {
  return (
    <ul class="card list">
      {found.map(one => (
        <li key={one.id} class="row wrap">
          <KindIcon kinds={kinds} profile={one.profile} title={one.title} />
          <div class="grow">
            <div class={one.problem === null ? '' : 'quiet'}>{foundTitle(one)}</div>
            {one.problem !== null && <div class="small bad">{one.problem}</div>}
            <div class="quiet small facts">
              {one.origin} · <span class="path">{shortPath(one.location, home)}</span>
            </div>
          </div>
          {one.problem === null && (
            <button
              aria-label={`Start ${foundTitle(one)}, ${one.origin}`}
              onClick={() => controller.startFound(one, kinds[one.profile]?.file ?? 'may')}
            >
              {kinds[one.profile]?.file === 'must' ? 'Start with a file…' : 'Start'}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
