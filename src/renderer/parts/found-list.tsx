import type { FoundServer } from '../../shared/model.ts';
import type { Controller } from '../controller.ts';
import { foundTitle, initial, shortPath } from '../words.ts';

interface FoundProps {
  readonly found: readonly FoundServer[];
  readonly home: string | null;
  readonly controller: Controller;
}

/** What this computer has, each with its version and where it lives; broken ones with the reason. */
export function FoundList({ found, home, controller }: FoundProps) {
  return (
    <ul class="card list">
      {found.map(one => (
        <li key={one.id} class="row wrap">
          <div class="icon" aria-hidden="true">
            {initial(one.title)}
          </div>
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
              onClick={() => controller.start({ profile: one.profile, found: one.id })}
            >
              Start
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
