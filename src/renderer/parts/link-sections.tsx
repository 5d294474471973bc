import { useState } from 'preact/hooks';
import type { ShareLinkInfo, ShareListenerInfo } from '../../shared/share-model.ts';
import { ask } from '../bridge.ts';
import type { Attempt } from '../attempt.ts';
import { guestCount, linkWords } from '../share-words.ts';

interface LinkSectionProps {
  readonly title: string;
  readonly links: readonly ShareLinkInfo[];
  readonly now: number;
  readonly attempt: Attempt;
}

export function LinkSection({ title, links, now, attempt }: LinkSectionProps) {
  if (links.length === 0) return null;
  return (
    <section aria-label={title} class={title === 'Ended' ? 'under' : ''}>
      {title !== 'Ended' && <h2>{title}</h2>}
      <ul class="card list">
        {links.map(link => (
          <li key={link.id} class="row near wrap">
            <div class="grow">
              <strong class="break">{link.label}</strong>{' '}
              <span class="quiet">
                “{link.serverName}” as {link.role}
              </span>
              <div class="quiet small">
                {linkWords(link, now)}
                {link.people > 0 && ` · ${guestCount(link.people)}`} · <span class="mono">{link.id}</span>
              </div>
            </div>
            {link.state !== 'revoked' && link.state !== 'expired' && (
              <button
                class="danger"
                aria-label={`Revoke the link for ${link.label}`}
                onClick={() =>
                  attempt(() => ask('share.revoke', link.id), `The link for ${link.label} is revoked.`)
                }
              >
                Revoke
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** To stop sharing revokes every link of a server, so the owner confirms it. */
export function ListenerSection({
  listeners,
  attempt,
}: {
  readonly listeners: readonly ShareListenerInfo[];
  readonly attempt: Attempt;
}) {
  const [sure, setSure] = useState('');
  if (listeners.length === 0) return null;
  return (
    <section aria-label="Shared servers">
      <h2>Shared servers</h2>
      <ul class="card list">
        {listeners.map(({ server, serverName, addresses, port }) => (
          <li key={server} class="row near wrap">
            <div class="grow">
              <strong class="break">{serverName}</strong>
              <div class="quiet small mono break">{addresses[0]?.origin ?? `port ${port}`}</div>
            </div>
            {sure === server ? (
              <>
                <span class="small bad">This revokes every link to it.</span>
                <button
                  class="danger"
                  onClick={() => {
                    setSure('');
                    attempt(() => ask('share.stop', server), `${serverName} is no longer shared.`);
                  }}
                >
                  Stop sharing
                </button>
                <button onClick={() => setSure('')}>Cancel</button>
              </>
            ) : (
              <button aria-label={`Stop sharing ${serverName}`} onClick={() => setSure(server)}>
                Stop sharing…
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
