import { useEffect, useState } from 'preact/hooks';
import type { ErrorInfo } from '../../shared/model.ts';
import type {
  GuestSessionInfo,
  ShareLinkInfo,
  ShareListenerInfo,
  JoinRequestInfo,
} from '../../shared/sharing.ts';
import { ask, hear, infoOf } from '../bridge.ts';
import { useAttempts, type Attempt } from '../attempt.ts';
import { LinkSection, ListenerSection } from '../parts/link-sections.tsx';
import { ErrorNotice } from '../parts/notice.tsx';
import { PeopleSection, WaitingSection } from '../parts/people-sections.tsx';

interface ConnectionLimiter {
  readonly links: readonly ShareLinkInfo[];
  readonly people: readonly GuestSessionInfo[];
  readonly waiting: readonly JoinRequestInfo[];
  readonly listeners: readonly ShareListenerInfo[];
}

/** Who waits, who is in, who holds a link, and how to take it back. */
export function PeopleView() {
  const [connectionLimiter, setCrowd] = useState<ConnectionLimiter | null>(null);
  const { attempt, notice, said, setNotice } = useAttempts();
  const [now, setNow] = useState(Date.now());
  useEffect(() => watch(setCrowd, setNotice), []);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <main class="window stack far">
      <h1>People</h1>
      {notice !== null && <ErrorNotice notice={notice} dismiss={() => setNotice(null)} />}
      {connectionLimiter !== null && (
        <Sections connectionLimiter={connectionLimiter} now={now} attempt={attempt} />
      )}
      <div class="unseen" role="status" aria-live="polite">
        {said}
      </div>
    </main>
  );
}

interface SectionsProps {
  readonly connectionLimiter: ConnectionLimiter;
  readonly now: number;
  readonly attempt: Attempt;
}

function Sections({ connectionLimiter, now, attempt }: SectionsProps) {
  // A link that is used up still holds for the guests who came in by it.
  const isOpen = ({ state, people }: ShareLinkInfo): boolean => state === 'open' || people > 0;
  const open = connectionLimiter.links.filter(isOpen);
  const over = connectionLimiter.links.filter(link => !isOpen(link));
  const nothing =
    connectionLimiter.links.length + connectionLimiter.people.length + connectionLimiter.waiting.length === 0;
  if (nothing) {
    return (
      <div class="card stack">
        <p>Nothing is shared, and nothing ever was.</p>
        <p class="quiet">Choose “Share…” at a server that runs: it makes a link that you can take back.</p>
      </div>
    );
  }
  return (
    <>
      {connectionLimiter.waiting.length > 0 && (
        <WaitingSection waiting={connectionLimiter.waiting} now={now} attempt={attempt} />
      )}
      <PeopleSection people={connectionLimiter.people} now={now} attempt={attempt} />
      <LinkSection title="Links" links={open} now={now} attempt={attempt} />
      <ListenerSection listeners={connectionLimiter.listeners} attempt={attempt} />
      {over.length > 0 && (
        <details>
          <summary>Links that have ended ({over.length})</summary>
          <LinkSection title="Ended" links={over} now={now} attempt={attempt} />
        </details>
      )}
    </>
  );
}

function watch(
  setCrowd: (connectionLimiter: ConnectionLimiter) => void,
  fail: (notice: ErrorInfo) => void,
): () => void {
  const load = async (): Promise<void> => {
    const [links, people, waiting, listeners] = await Promise.all([
      ask('share.links'),
      ask('share.people'),
      ask('share.waiting'),
      ask('share.listeners'),
    ]);
    setCrowd({ links, people, waiting, listeners });
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
