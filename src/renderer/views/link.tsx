import { useEffect, useRef } from 'preact/hooks';
import type { NewShareLink } from '../../shared/share-model.ts';
import { useAttempts, type Attempt } from '../attempt.ts';
import { ask } from '../bridge.ts';
import { ErrorNotice } from '../parts/notice.tsx';
import { Qr } from '../parts/qr.tsx';
import { usesWords, untilWords } from '../share-words.ts';

interface LinkProps {
  readonly link: NewShareLink;
  readonly again: () => void;
}

/** The link, shown once: to copy, to scan, and what to compare by telephone. */
export function LinkView({ link, again }: LinkProps) {
  const { attempt, notice, said, setNotice } = useAttempts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="window stack far">
      <h1 ref={heading} tabIndex={-1}>
        Link for {link.label}
      </h1>
      {notice !== null && <ErrorNotice notice={notice} dismiss={() => setNotice(null)} />}
      <p>
        It opens “{link.serverName}” as {link.role}, {usesWords(link.usesLeft)}, {untilWords(link.expiresAt)}.{' '}
        <span class="quiet">It is shown only once. You can revoke it at any time under People.</span>
      </p>
      <div class="row top wrap">
        <Qr text={link.url} label="The link as a QR code" />
        <Actions link={link} again={again} attempt={attempt} said={said} />
      </div>
      <Fingerprints link={link} />
    </main>
  );
}

function Actions({
  link,
  again,
  attempt,
  said,
}: LinkProps & { readonly attempt: Attempt; readonly said: string }) {
  return (
    <div class="grow stack">
      <label>
        Link
        <input
          type="text"
          class="mono"
          readOnly
          value={link.url}
          onFocus={event => event.currentTarget.select()}
        />
      </label>
      <div class="row near wrap">
        <button
          class="main"
          onClick={() =>
            attempt(
              () => ask('shell.copyShareLink', link.url),
              'Copied. Gatehouse removes it from the clipboard after a minute.',
            )
          }
        >
          Copy link
        </button>
        <button onClick={() => attempt(() => ask('shell.people'), '')}>People</button>
        <button onClick={again}>Make another</button>
      </div>
      <p class="quiet small" role="status">
        {said}
      </p>
      <Addresses link={link} attempt={attempt} />
    </div>
  );
}

function Addresses({ link, attempt }: { readonly link: NewShareLink; readonly attempt: Attempt }) {
  if (link.otherUrls.length === 0) return null;
  return (
    <details>
      <summary>Other addresses of this computer</summary>
      <ul class="plain-list small">
        {link.otherUrls.map(({ url, where }) => (
          <li key={url} class="row near wrap">
            <span class="grow break">
              <span class="mono">{new URL(url).host}</span> <span class="quiet">{where}</span>
            </span>
            <button onClick={() => attempt(() => ask('shell.copyShareLink', url), 'Copied.')}>
              Copy this one
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Fingerprints({ link }: { readonly link: NewShareLink }) {
  return (
    <section class="stack" aria-label="Certificate">
      <h2>Compare by telephone</h2>
      {link.authorityFingerprint !== null && (
        <p class="small">
          Before a guest installs this computer’s authority (at{' '}
          <span class="mono break">{new URL(link.url).host}/_gatehouse/certificate</span>), both of you see:
          <br />
          <span class="mono break">{link.authorityFingerprint}</span>
        </p>
      )}
      <p class="small">
        The certificate that the guest’s browser shows now (SHA-256):
        <br />
        <span class="mono break">{link.fingerprint}</span>
      </p>
    </section>
  );
}
