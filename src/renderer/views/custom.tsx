import { useState } from 'preact/hooks';
import type { CustomCredential } from '../../shared/model.ts';
import { ask } from '../bridge.ts';
import { ErrorNotice } from '../parts/notice.tsx';
import { splitCommand } from '../words.ts';
import type { ViewProps } from './view-props.ts';

/** Any other server: its command, where it runs, and how Gatehouse proves itself to it. */
export function CustomView({ model, controller }: ViewProps) {
  const [command, setCommand] = useState('');
  const [name, setName] = useState('');
  const [folder, setFolder] = useState<string | null>(null);
  const [kind, setKind] = useState<CustomCredential['kind']>('none');
  const [header, setHeader] = useState('X-Auth-Token');
  const words = splitCommand(command);
  const submit = (event: Event): void => {
    event.preventDefault();
    controller.start({
      profile: 'custom',
      command: words,
      credential: kind === 'header' ? { kind, name: header } : { kind },
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      ...(folder === null ? {} : { folder }),
    });
  };
  return (
    <form class="stack far" onSubmit={submit}>
      <button type="button" class="plain back" onClick={() => controller.home()}>
        ‹ All servers
      </button>
      <h1>Custom command</h1>
      {model.notice !== null && <ErrorNotice notice={model.notice} dismiss={() => controller.dismiss()} />}
      <CommandField command={command} words={words} change={setCommand} />
      <label>
        Name <span class="quiet small">(optional)</span>
        <input
          type="text"
          value={name}
          maxLength={60}
          onInput={event => setName(event.currentTarget.value)}
        />
      </label>
      <FolderField folder={folder} change={setFolder} />
      <CredentialField kind={kind} header={header} change={setKind} changeHeader={setHeader} />
      <div class="row near">
        <button class="main" type="submit" disabled={words.length === 0}>
          Start
        </button>
        <button type="button" onClick={() => controller.home()}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface FolderProps {
  readonly folder: string | null;
  readonly change: (folder: string) => void;
}

function FolderField({ folder, change }: FolderProps) {
  const choose = async (): Promise<void> => {
    const chosen = await ask('shell.chooseFolder');
    if (chosen !== null) change(chosen);
  };
  return (
    <div>
      <span class="label" id="folder-label">
        Working folder
      </span>
      <div class="row near wrap" role="group" aria-labelledby="folder-label">
        <span class="mono break grow">{folder ?? 'your home folder'}</span>
        <button type="button" onClick={() => void choose()}>
          Choose…
        </button>
      </div>
    </div>
  );
}

interface CommandProps {
  readonly command: string;
  readonly words: readonly string[];
  readonly change: (text: string) => void;
}

function CommandField({ command, words, change }: CommandProps) {
  return (
    <div>
      <label>
        Command
        <input
          type="text"
          class="mono"
          value={command}
          placeholder="marimo edit --headless --host 127.0.0.1 --port {port}"
          aria-describedby="command-help"
          spellcheck={false}
          autoFocus
          onInput={event => change(event.currentTarget.value)}
        />
      </label>
      <p class="quiet small" id="command-help">
        <code>{'{port}'}</code>, <code>{'{socket}'}</code> and <code>{'{base}'}</code> are filled in. There is
        no shell, so <code>|</code>, <code>&amp;</code> and <code>$HOME</code> have no special meaning.
      </p>
      {words.length > 1 && (
        <p class="small words" aria-label="Arguments">
          {words.map((word, place) => (
            <code key={`${place} ${word}`} class="word">
              {word === '' ? '(empty)' : word}
            </code>
          ))}
        </p>
      )}
    </div>
  );
}

interface CredentialProps {
  readonly kind: CustomCredential['kind'];
  readonly header: string;
  readonly change: (kind: CustomCredential['kind']) => void;
  readonly changeHeader: (name: string) => void;
}

const choices = [
  ['none', 'Nothing', 'The server checks no credential; only Gatehouse protects it.'],
  [
    'bearer',
    'A bearer token',
    'Sent as “Authorization: Bearer …”; the server reads it from the file that GATEHOUSE_UPSTREAM_SECRET_FILE names.',
  ],
  [
    'header',
    'A header of its own',
    'Sent under the name below; the server reads its value from the same file.',
  ],
] as const;

function CredentialField({ kind, header, change, changeHeader }: CredentialProps) {
  return (
    <fieldset>
      <legend>How Gatehouse authenticates to the server</legend>
      {choices.map(([value, title, detail]) => (
        <label class="choice" key={value}>
          <input type="radio" name="credential" checked={kind === value} onChange={() => change(value)} />
          <span>
            {title}
            <br />
            <span class="quiet small">{detail}</span>
          </span>
        </label>
      ))}
      {kind === 'header' && (
        <label class="under">
          Header name
          <input
            type="text"
            class="mono"
            value={header}
            required
            pattern="[A-Za-z0-9\-]+"
            onInput={event => changeHeader(event.currentTarget.value)}
          />
        </label>
      )}
    </fieldset>
  );
}
