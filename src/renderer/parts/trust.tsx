import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ServerInfo } from '../../shared/model.ts';
import { visible } from '../../shared/visible.ts';
import type { Controller } from '../controller.ts';
import type { TrustQuestion } from '../state.ts';

/** Asked once for each folder that is opened. */
export function TrustNotice({
  question,
  controller,
}: {
  readonly question: TrustQuestion;
  readonly controller: Controller;
}) {
  const { request, folder, off, warnings } = question;
  const note = useAttention(folder);
  const answer = (trustFolder: boolean): void => controller.start({ ...request, trustFolder });
  return (
    <div
      ref={note}
      tabIndex={-1}
      class="note ask stack"
      role="group"
      aria-labelledby="trust-question"
      aria-describedby="trust-folder trust-off"
      onKeyDown={event => {
        if (event.key === 'Escape') controller.cancel();
      }}
    >
      <div>
        <strong id="trust-question">Do you trust the authors of the files in this folder?</strong>
        <div id="trust-folder" class="small facts mono break">
          {visible(folder)}
        </div>
        <div id="trust-off" class="small quiet">
          Without trust: {off} Nothing in the folder runs until you run it.
        </div>
        {warnings.map(warning => (
          <div key={warning} class="small caveat break">
            {warning}
          </div>
        ))}
      </div>
      <div class="row near wrap">
        <button class="main" onClick={() => answer(false)}>
          No, start it without trust
        </button>
        <button onClick={() => answer(true)}>Yes, trust them</button>
        <button class="plain" onClick={() => controller.cancel()}>
          Cancel
        </button>
      </div>
    </div>
  );
}

/**
 * What was clicked may be far below: nothing starts before this is answered, so it comes into view;
 * afterwards the focus returns to where it was.
 */
function useAttention(folder: string): RefObject<HTMLDivElement | null> {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    note.current?.scrollIntoView({ block: 'center' });
    note.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [folder]);
  return note;
}

/**
 * On a server's card: whether its folder is trusted, where that makes a difference, and the way to change it.
 */
export function TrustLine({
  server,
  off,
  controller,
}: {
  readonly server: ServerInfo;
  readonly off: string;
  readonly controller: Controller;
}) {
  const { id, name, state, folderTrusted, trustChanged } = server;
  if (trustChanged) {
    return (
      <div class="row near wrap small">
        <span class="quiet">
          {folderTrusted ? 'Its folder will not be trusted' : 'Its folder will be trusted'} from the next
          start.
        </span>
        {state === 'ready' && (
          <button class="plain inline" aria-label={`Restart ${name}`} onClick={() => controller.restart(id)}>
            Restart
          </button>
        )}
      </div>
    );
  }
  return folderTrusted ? null : (
    <div class="row near wrap small">
      <span class="quiet">Its folder is not trusted. {off}</span>
      <button
        class="plain inline"
        aria-label={`Trust the authors of the files in the folder of ${name}`}
        onClick={() => controller.trust(server.folder, true)}
      >
        Trust its authors
      </button>
    </div>
  );
}
