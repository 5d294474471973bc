import type { GuestSessionInfo, JoinRequestInfo } from '../../shared/share-model.ts';
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
                {from(one)} · link for {one.label} · waiting for {duration(now - Date.parse(one.since))}
              </div>
            </div>
            <button
              class="main"
              aria-label={`Let ${one.name} in`}
              onClick={() =>
                attempt(() => ask('share.answer', one.id, { allow: true }), `${one.name} has been let in.`)
              }
            >
              Let in
            </button>
            <button
              aria-label={`Refuse ${one.name}`}
              onClick={() =>
                attempt(() => ask('share.answer', one.id, { allow: false }), `${one.name} has been refused.`)
              }
            >
              Refuse
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

function nameOf({ name }: GuestSessionInfo): string {
  return name === '' ? 'Unnamed guest' : name;
}

export function PeopleSection({
  people,
  now,
  attempt,
}: SectionProps & { readonly people: readonly GuestSessionInfo[] }) {
  return (
    <section aria-label="Guests">
      <h2>Guests</h2>
      {people.length === 0 && <div class="card quiet">There are no guests at the moment.</div>}
      {people.length > 0 && (
        <ul class="card list">
          {people.map(person => (
            <li key={person.session} class="row near wrap">
              <span class={`dot ${person.connections > 0 ? 'good' : 'quiet'}`} aria-hidden="true" />
              <div class="grow">
                <strong class="break">{nameOf(person)}</strong>{' '}
                <span class="quiet">
                  in “{person.serverName}” as {person.role}
                </span>
                <div class="quiet small">
                  {from(person)} · link for {person.label} · joined {duration(now - Date.parse(person.since))}{' '}
                  ago
                </div>
              </div>
              <button
                aria-label={`Remove ${nameOf(person)}`}
                onClick={() =>
                  attempt(() => ask('share.kick', person.session), 'The guest has been removed.')
                }
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
