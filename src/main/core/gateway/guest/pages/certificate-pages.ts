/**
 * The certificate page of the share listener: what a guest may install so that the browser trusts this
 * computer, and how to be sure of it.
 *
 * Attack: somebody between the guest and this computer, who shows this very page with an authority of their
 * own. Nothing in the page can rule that out, so it sends the guest to the owner by another way: the
 * fingerprint is compared by voice, of the page and of the file that was saved.
 */
import type { GuestAuthority } from '../../../share-ports.ts';
import type { Answer } from '../../http-answer.ts';
import { certificatePath } from './certificate-downloads.ts';
import { installSteps } from './certificate-steps.ts';
import { guestStyle } from './guest-style.ts';
import { join, markup, page, type Html } from '../../html.ts';

/**
 * @param authority null where there is nothing to install
 * @param fingerprint SHA-256 of the certificate that the browser shows, `AB:CD:...`
 * @param host under which the guest has come
 */
export function certificatePage(authority: GuestAuthority | null, fingerprint: string, host: string): Answer {
  const title = authority === null ? 'This computer’s certificate' : 'Let your browser trust this computer';
  const content = authority === null ? supplied(fingerprint) : local(authority, fingerprint);
  const body = markup`<main class="wide">
      <p class="quiet">Gatehouse at ${host}</p>
      <h1>${title}</h1>
      ${content}
    </main>`;
  const head = markup`<meta name="robots" content="noindex">`;
  return page({ status: 200, title: `${title} · Gatehouse`, style: guestStyle, head, body });
}

function supplied(fingerprint: string): Html {
  return markup`<p>
      Nothing has to be installed. The certificate comes from an authority that the owner chose, not from this computer
      itself.
    </p>
    <p>
      If your browser warns of it all the same, do not click the warning away. Ask the owner, in person or by telephone,
      whether the certificate’s SHA-256 fingerprint is this; your browser shows it behind the padlock or the warning:
    </p>
    ${grouped(fingerprint)}`;
}

function local(authority: GuestAuthority, fingerprint: string): Html {
  return join([why, compare(authority), download, steps(authority), bounds(authority), shown(fingerprint)]);
}

const why = markup`<p>
      This computer vouches for itself, by a certificate authority of its own that your browser does not know yet. You can
      click the warning away, but then the browser keeps things switched off that the shared pages may need: service
      workers, the clipboard, embedded views. Installing the authority once solves both.
    </p>`;

function compare({ name, fingerprint }: GuestAuthority): Html {
  return markup`<h2>1. Compare the fingerprint</h2>
    <p>
      Call the owner, or ask in person; do not use the channel that the link came by. They find theirs in the Gatehouse window
      under Share, or with <code>gatehouse ca show</code>. Every character must be the same:
    </p>
    <p class="quiet">“${name}”, SHA-256</p>
    ${grouped(fingerprint)}
    <p>If one letter or digit differs, somebody may be between you and this computer: install nothing, and tell the owner.</p>`;
}

const download = markup`<h2>2. Save the file</h2>
    <ul>
      <li><a href="${certificatePath}/ca.crt">ca.crt</a> for Windows, macOS, Android and Firefox</li>
      <li><a href="${certificatePath}/ca.mobileconfig">ca.mobileconfig</a> for iPhone and iPad</li>
      <li><a href="${certificatePath}/ca.pem">ca.pem</a> for Linux</li>
    </ul>
    <p>
      To be sure of the file as well, compare its checksum with the fingerprint, ignoring colons and upper or lower case. In a
      terminal:
    </p>
    <ul>
      <li>Windows: <code>certutil -hashfile ca.crt SHA256</code></li>
      <li>macOS: <code>shasum -a 256 ca.crt</code></li>
      <li>Linux: <code>openssl x509 -in ca.pem -noout -sha256 -fingerprint</code></li>
    </ul>`;

function steps({ name }: GuestAuthority): Html {
  const all = installSteps(name).map(
    ({ system, content }) => markup`<details><summary>${system}</summary>${content}</details>`,
  );
  return markup`<h2>3. Install it</h2>
    <div class="stack">${join(all)}</div>`;
}

function bounds({ validTo }: GuestAuthority): Html {
  return markup`<h2>What it can certify</h2>
    <p>
      Only for the names and addresses of this computer, names that end in <code>.local</code>,
      <code>.localhost</code> and <code>.home.arpa</code>, and addresses of private networks. That is written into the
      authority itself and browsers hold it to that (name constraints, RFC 5280): it cannot vouch for your bank or any other
      web site, even if somebody stole its key.
    </p>
    <p>It expires on ${day(validTo)}. You can remove it at any time; the steps for each system are above.</p>`;
}

function shown(fingerprint: string): Html {
  return markup`<h2>The certificate that your browser shows now</h2>
    <p>Its SHA-256 fingerprint, which changes every few weeks:</p>
    ${grouped(fingerprint)}`;
}

/** In groups of four, four to a line, as one reads it out. */
function grouped(fingerprint: string): Html {
  const groups = fingerprint.replaceAll(':', '').match(/.{1,4}/g) ?? [];
  return markup`<div class="fingerprint">${join(groups.map(group => markup`<span>${group} </span>`))}</div>`;
}

function day(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}
