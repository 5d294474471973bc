import { useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorInfo } from '../../shared/model.ts';
import type { NewShareLink, SharePreview } from '../../shared/share-model.ts';
import { ask, infoOf } from '../bridge.ts';
import { ErrorNotice } from '../parts/notice.tsx';
import { RoleChoice } from '../parts/role-choice.tsx';
import {
  changeForm,
  emptyForm,
  formProblem,
  lifeChoices,
  previewRequest,
  shareRequest,
  type ShareForm,
} from '../share-form.ts';
import { LinkView } from './link.tsx';

/** Milliseconds of quiet before what was changed is asked about. */
const pause = 150;

/**
 * The share window: what the other person will be able to do, for how long, from where; then the link, once.
 */
export function ShareView({ id }: { readonly id: string }) {
  const [form, setForm] = useState(emptyForm);
  const [link, setLink] = useState<NewShareLink | null>(null);
  const [notice, setNotice] = useState<ErrorInfo | null>(null);
  const [making, setMaking] = useState(false);
  const preview = usePreview(id, form, setNotice);
  const make = async (): Promise<void> => {
    const request = shareRequest(form, id);
    if (request === null) return;
    setMaking(true);
    setNotice(null);
    try {
      setLink(await ask('share.create', request));
    } catch (error) {
      setNotice(infoOf(error));
    }
    setMaking(false);
  };
  useEffect(() => {
    document.title = preview === null ? 'Share' : `Share ${preview.serverName}`;
  }, [preview?.serverName]);
  const offered = preview?.roles.map(({ role }) => role) ?? [];
  useEffect(() => {
    const [first] = offered;
    if (first !== undefined && !offered.includes(form.role))
      setForm(before => changeForm(before, { role: first }));
  }, [offered.join()]);
  if (link !== null) return <LinkView link={link} again={() => setLink(null)} />;
  return (
    <main class="window stack far">
      <h1>{preview === null ? 'Share' : `Share “${preview.serverName}”`}</h1>
      {notice !== null && <ErrorNotice notice={notice} dismiss={() => setNotice(null)} />}
      {preview === null && notice === null && (
        <p class="quiet row near" role="status">
          <span class="spinner" aria-hidden="true" /> Checking what this would share…
        </p>
      )}
      {preview !== null && (
        <Form
          form={form}
          preview={preview}
          making={making}
          change={change => setForm(before => changeForm(before, change))}
          make={() => void make()}
        />
      )}
    </main>
  );
}

/** What the core says of the form; an answer that is overtaken is dropped. */
function usePreview(id: string, form: ShareForm, fail: (notice: ErrorInfo) => void): SharePreview | null {
  const [preview, setPreview] = useState<SharePreview | null>(null);
  const turn = useRef(0);
  const request = previewRequest(form, id);
  const key = JSON.stringify(request);
  useEffect(() => {
    if (request === null) return undefined;
    turn.current += 1;
    const mine = turn.current;
    const timer = window.setTimeout(
      () => {
        ask('share.preview', request)
          .then(answer => mine === turn.current && setPreview(answer))
          .catch((error: unknown) => mine === turn.current && fail(infoOf(error)));
      },
      preview === null ? 0 : pause,
    );
    return () => window.clearTimeout(timer);
  }, [key]);
  return preview;
}

interface FormProps {
  readonly form: ShareForm;
  readonly preview: SharePreview;
  readonly making: boolean;
  readonly change: (change: Partial<ShareForm>) => void;
  readonly make: () => void;
}

function Form({ form, preview, making, change, make }: FormProps) {
  const problem = formProblem(form);
  const isReady =
    shareRequest(form, preview.server) !== null && (!preview.needsAcknowledgement || form.acknowledged);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isReady && !making) make();
  };
  return (
    <form class="stack far" onSubmit={submit}>
      <label>
        Who is it for?
        <input
          type="text"
          value={form.label}
          maxLength={100}
          placeholder="Ada (review)"
          autoFocus
          onInput={event => change({ label: event.currentTarget.value })}
        />
      </label>
      <RoleChoice preview={preview} role={form.role} change={role => change({ role })} />
      <Bounds form={form} change={change} />
      <label class="row near check">
        <input
          type="checkbox"
          checked={form.approval}
          onChange={event => change({ approval: event.currentTarget.checked })}
        />
        I approve each guest myself
      </label>
      <Place form={form} preview={preview} change={change} />
      {problem !== '' && (
        <p class="note warn" role="alert">
          {problem}
        </p>
      )}
      <Warnings form={form} preview={preview} change={change} />
      <div class="row near">
        <button class="main" type="submit" disabled={!isReady || making}>
          {making ? 'Making the link…' : 'Make link'}
        </button>
        <span class="quiet small">The connection is always encrypted (TLS).</span>
      </div>
    </form>
  );
}

function Bounds({ form, change }: Pick<FormProps, 'form' | 'change'>) {
  return (
    <div class="row top wrap">
      <label class="grow">
        How long
        <select value={form.life} onChange={event => change({ life: event.currentTarget.value })}>
          {lifeChoices.map(([value, words]) => (
            <option key={value} value={value} selected={value === form.life}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {form.life === 'custom' && (
        <label class="grow">
          Hours
          <input
            type="text"
            inputMode="decimal"
            value={form.customHours}
            onInput={event => change({ customHours: event.currentTarget.value })}
          />
        </label>
      )}
      <label class="grow">
        Number of uses
        <input
          type="text"
          inputMode="numeric"
          value={form.uses}
          placeholder="any number"
          onInput={event => change({ uses: event.currentTarget.value })}
        />
      </label>
    </div>
  );
}

function Place({ form, preview, change }: Pick<FormProps, 'form' | 'preview' | 'change'>) {
  const chosen = form.listen === '' ? preview.listen : form.listen;
  return (
    <div>
      <label>
        From which network
        <select value={chosen} onChange={event => change({ listen: event.currentTarget.value })}>
          {preview.places.map(({ listen, words }) => (
            <option key={listen} value={listen} selected={listen === chosen}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <p class="quiet small under-field">{preview.reach} This applies to all links of this server.</p>
    </div>
  );
}

function Warnings({ form, preview, change }: Pick<FormProps, 'form' | 'preview' | 'change'>) {
  const dangers = preview.warnings.filter(({ level }) => level === 'danger');
  const others = preview.warnings.filter(({ level }) => level !== 'danger');
  return (
    <>
      {dangers.length > 0 && (
        <div class="note bad stack" role="group" aria-label="Danger">
          {dangers.map(({ id, text }) => (
            <p key={id}>
              <strong>{text}</strong>
            </p>
          ))}
          <label class="row near check">
            <input
              type="checkbox"
              checked={form.acknowledged}
              onChange={event => change({ acknowledged: event.currentTarget.checked })}
            />
            I understand, and I trust everybody who gets this link
          </label>
        </div>
      )}
      {others.length > 0 && (
        <ul class="warnings small">
          {others.map(({ id, level, text }) => (
            <li key={id} class={level === 'warning' ? 'warn-words' : 'quiet'}>
              {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
