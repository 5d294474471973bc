import type { GuestSessionInfo, JoinRequestInfo } from '../../shared/sharing.ts';
import { ask } from '../bridge.ts';
import type { Attempt } from '../attempt.ts';
import { duration } from '../words.ts';

interface SectionProps {
  readonly now: number;
  readonly attempt: Attempt;
}

export function WaitingSection({
  waiting,
  now,
  attempt,
}: SectionProps & { readonly waiting: readonly JoinRequestInfo[] }) {
  return (
    <section aria-label="Waiting to be let in">
      <h2>Waiting to be let in</h2>
      <ul class="card list">
        {waiting.map(one => (
          <li key={one.id} class="row near wrap">
            <div class="grow">
              <strong class="break">{one.name}</strong>{' '}
              <span class="quiet">
                to “{one.serverName}” as {one.role}
              </span>
              <div class="quiet small">
                {from(one)} · link for {one.label} · waits for {duration(now - Date.parse(one.since))}
              </div>
            </div>
            <button
              class="main"
              aria-label={`Let ${one.name} in`}
              onClick={() =>
                attempt(() => ask('share.answer', one.id, { allow: true }), `${one.name} is let in.`)
              }
            >
              Let in
            </button>
            <button
              aria-label={`Do not let ${one.name} in`}
              onClick={() =>
                attempt(() => ask('share.answer', one.id, { allow: false }), `${one.name} is not let in.`)
              }
            >
              No
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function from({ address, browser }: { readonly address: string; readonly browser: string }): string {
  return [address, browser].filter(text => text !== '').join(' · ');
}

export function PeopleSection({
  people,
  now,
  attempt,
}: SectionProps & { readonly people: readonly GuestSessionInfo[] }) {
  return (
    <section aria-label="In now">
      <h2>In now</h2>
      {people.length === 0 && <div class="card quiet">Nobody.</div>}
      {people.length > 0 && (
        <ul class="card list">
          {people.map(person => (
            <li key={person.session} class="row near wrap">
              <span class={`dot ${person.connections > 0 ? 'good' : 'quiet'}`} aria-hidden="true" />
              <div class="grow">
                <strong class="break">{person.name === '' ? 'Somebody' : person.name}</strong>{' '}
                <span class="quiet">
                  in “{person.serverName}” as {person.role}
                </span>
                <div class="quiet small">
                  {from(person)} · link for {person.label} · since {duration(now - Date.parse(person.since))}
                </div>
              </div>
              <button
                aria-label={`End the visit of ${person.name}`}
                onClick={() => attempt(() => ask('share.kick', person.session), 'The visit has ended.')}
              >
                End
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
