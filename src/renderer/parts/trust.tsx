import { useEffect, useRef } from 'preact/hooks';
import type { ServerInfo, StartRequest } from '../../shared/model.ts';
import type { Controller } from '../controller.ts';

/** A start that waits for what its owner says of the folder. */
export interface TrustQuestion {
  readonly request: StartRequest;
  /** Real path. */
  readonly folder: string;
  /** What is off where it is not trusted, one sentence. */
  readonly off: string;
}

/** Asked once for each folder that is opened. */
export function TrustNotice({
  question,
  controller,
}: {
  readonly question: TrustQuestion;
  readonly controller: Controller;
}) {
  const { request, folder, off } = question;
  const note = useRef<HTMLDivElement>(null);
  // What was clicked may be far below: nothing starts before this is answered, so it comes into view.
  useEffect(() => {
    note.current?.scrollIntoView({ block: 'center' });
    note.current?.focus();
  }, [folder]);
  const answer = (trustFolder: boolean): void => controller.start({ ...request, trustFolder });
  return (
    <div
      ref={note}
      tabIndex={-1}
      class="note row wrap top"
      role="group"
      aria-label="Do you trust the authors of the files?"
    >
      <div class="grow">
        <strong>Do you trust the authors of the files in this folder?</strong>
        <div class="small facts">{folder}</div>
        <div class="small">If you do not: {off} Nothing of the folder runs until you run it.</div>
      </div>
      <div class="row near">
        <button onClick={() => answer(true)}>Yes, trust them</button>
        <button class="main" onClick={() => answer(false)}>
          No
        </button>
      </div>
    </div>
  );
}

/** On a server's card: whether its folder is trusted, where that makes a difference, and the way to change it. */
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
          {folderTrusted ? 'Its folder is not trusted any more' : 'Its folder is trusted now'}, from the next
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
