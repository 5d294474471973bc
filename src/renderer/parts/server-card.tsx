import type { ProfileInfo, ServerInfo } from '../../shared/model.ts';
import { can, isOver } from '../../shared/server-state.ts';
import { visible } from '../../shared/visible.ts';
import type { Controller } from '../controller.ts';
import { sharedWords } from '../share-words.ts';
import type { Shared } from '../state.ts';
import { shortPath, stateWords, toneOf } from '../words.ts';
import { KindIcon } from './kind-icon.tsx';
import { TrustLine } from './trust.tsx';
import { MenuButton, type MenuEntry } from './menu.tsx';

interface CardProps {
  readonly server: ServerInfo;
  readonly kinds: Readonly<Record<string, ProfileInfo>>;
  readonly now: number;
  readonly home: string | null;
  readonly shared: Shared | null;
  readonly controller: Controller;
}

/** One server that Gatehouse runs or ran: what it is, how it is, and what can be done. */
export function ServerCard({ server, kinds, now, home, shared, controller }: CardProps) {
  const headingId = `server-${server.id}`;
  const off = kinds[server.profile]?.untrusted;
  return (
    <article class="card row wrap" aria-labelledby={headingId}>
      <KindIcon kinds={kinds} profile={server.profile} title={server.title} />
      <div class="grow">
        <div class="row near wrap">
          <h3 id={headingId}>{visible(server.name)}</h3>
          <span class="row close">
            <span class={`dot ${toneOf(server.state)}`} aria-hidden="true" />
            <span class="quiet small">{stateWords(server, now)}</span>
          </span>
        </div>
        <div class="quiet small facts">
          {[server.title, visible(shortPath(server.folder, home)), server.origin]
            .filter(part => part !== '')
            .join(' · ')}
        </div>
        {server.caveat !== null && server.state === 'ready' && (
          <div class="small caveat" role="note">
            {server.caveat}
          </div>
        )}
        {off !== undefined && <TrustLine server={server} off={off} controller={controller} />}
        {shared !== null && <SharedLine server={server} shared={shared} controller={controller} />}
      </div>
      <div class="row near">
        <MainButtons server={server} controller={controller} />
        <MenuButton label={`More actions for ${server.name}`} entries={entries(server, controller)} />
      </div>
    </article>
  );
}

function SharedLine({
  server,
  shared,
  controller,
}: Pick<CardProps, 'server' | 'controller'> & { readonly shared: Shared }) {
  return (
    <div class="row near wrap small">
      <button class="plain inline" onClick={() => controller.people()}>
        {sharedWords(shared.links, shared.people)}
      </button>
      {shared.waiting > 0 && (
        <button
          class="badge-waiting"
          aria-label={`${shared.waiting} waiting to be let in to ${server.name}`}
          onClick={() => controller.people()}
        >
          {shared.waiting} waiting
        </button>
      )}
    </div>
  );
}

function MainButtons({ server, controller }: Pick<CardProps, 'server' | 'controller'>) {
  const { id, name, state } = server;
  switch (state) {
    case 'ready':
    case 'unhealthy':
      return (
        <>
          <button aria-label={`Share ${name}`} onClick={() => controller.share(id)}>
            Share…
          </button>
          <button class="main" aria-label={`Open ${name}`} onClick={() => controller.open(id)}>
            Open
          </button>
        </>
      );
    case 'starting':
    case 'restarting':
      return (
        <>
          <button aria-label={`Show the log of ${name}`} onClick={() => controller.logs(id)}>
            Show log
          </button>
          <button aria-label={`Stop ${name}`} onClick={() => controller.stop(id)}>
            Stop
          </button>
        </>
      );
    case 'failed':
      return (
        <button class="main" aria-label={`Why did ${name} not start?`} onClick={() => controller.why(id)}>
          Why?
        </button>
      );
    case 'stopped':
      return (
        <button aria-label={`Start ${name} again`} onClick={() => controller.restart(id)}>
          Start again
        </button>
      );
    case 'stopping':
      return null;
    default:
      return state satisfies never;
  }
}

/** What the tray offers too, so that nobody needs the tray. */
function entries(server: ServerInfo, controller: Controller): readonly MenuEntry[] {
  const { id, state } = server;
  const allowed = can(state);
  const logs: MenuEntry = { label: 'Logs', act: () => controller.logs(id) };
  if (isOver(state)) {
    return [
      ...(state === 'failed' ? [{ label: 'Try again', act: () => controller.restart(id) }] : []),
      logs,
      { label: 'Forget', act: () => controller.forget(id), danger: true },
    ];
  }
  return [
    { label: 'Share…', act: () => controller.share(id), disabled: !allowed.share },
    { label: 'Copy access link', act: () => controller.copyLink(server), disabled: !allowed.copyLink },
    logs,
    { label: 'Restart', act: () => controller.restart(id), disabled: !allowed.restart },
    { label: 'Stop', act: () => controller.stop(id), disabled: !allowed.stop },
  ];
}
