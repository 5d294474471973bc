import { useEffect, useState } from 'preact/hooks';
import type { ErrorInfo } from '../../shared/model.ts';
import type {
  GuestSessionInfo,
  ShareLinkInfo,
  ShareListenerInfo,
  JoinRequestInfo,
} from '../../shared/share-model.ts';
import { ask, hear, infoOf } from '../bridge.ts';
import { useAttempts, type Attempt } from '../attempt.ts';
import { LinkSection, ListenerSection } from '../parts/link-sections.tsx';
import { ErrorNotice } from '../parts/notice.tsx';
import { PeopleSection, WaitingSection } from '../parts/people-sections.tsx';

interface Sharing {
  readonly links: readonly ShareLinkInfo[];
  readonly people: readonly GuestSessionInfo[];
  readonly waiting: readonly JoinRequestInfo[];
  readonly listeners: readonly ShareListenerInfo[];
}

/** Join requests, guests and links, each with the way to end it. */
export function PeopleView() {
  const [sharing, setSharing] = useState<Sharing | null>(null);
  const { attempt, notice, said, setNotice } = useAttempts();
  const [now, setNow] = useState(Date.now());
  useEffect(() => watch(setSharing, setNotice), []);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <main class="window stack far">
      <h1>People</h1>
      {notice !== null && <ErrorNotice notice={notice} dismiss={() => setNotice(null)} />}
      {sharing !== null && <Sections sharing={sharing} now={now} attempt={attempt} />}
      <div class="unseen" role="status" aria-live="polite">
        {said}
      </div>
    </main>
  );
}

interface SectionsProps {
  readonly sharing: Sharing;
  readonly now: number;
  readonly attempt: Attempt;
}

function Sections({ sharing, now, attempt }: SectionsProps) {
  // A link that is used up still holds for the guests who came in by it.
  const isOpen = ({ state, people }: ShareLinkInfo): boolean => state === 'open' || people > 0;
  const open = sharing.links.filter(isOpen);
  const over = sharing.links.filter(link => !isOpen(link));
  const nothing = sharing.links.length + sharing.people.length + sharing.waiting.length === 0;
  if (nothing) {
    return (
      <div class="card stack">
        <p>Nothing has been shared yet.</p>
        <p class="quiet">
          Choose “Share…” on a running server to make a link. You can revoke it at any time.
        </p>
      </div>
    );
  }
  return (
    <>
      {sharing.waiting.length > 0 && <WaitingSection waiting={sharing.waiting} now={now} attempt={attempt} />}
      <PeopleSection people={sharing.people} now={now} attempt={attempt} />
      <LinkSection title="Links" links={open} now={now} attempt={attempt} />
      <ListenerSection listeners={sharing.listeners} attempt={attempt} />
      {over.length > 0 && (
        <details>
          <summary>Links that have ended ({over.length})</summary>
          <LinkSection title="Ended" links={over} now={now} attempt={attempt} />
        </details>
      )}
    </>
  );
}

function watch(setSharing: (sharing: Sharing) => void, fail: (notice: ErrorInfo) => void): () => void {
  const load = async (): Promise<void> => {
    const [links, people, waiting, listeners] = await Promise.all([
      ask('share.links'),
      ask('share.people'),
      ask('share.waiting'),
      ask('share.listeners'),
    ]);
    setSharing({ links, people, waiting, listeners });
  };
  const attempt = (): void => void load().catch((error: unknown) => fail(infoOf(error)));
  attempt();
  const offs = [
    hear('share.changed', attempt),
    hear('shell.changed', shell => {
      if (shell.core === 'ready') attempt();
    }),
  ];
  return () => {
    for (const off of offs) off();
  };
}
