/** Certificates from this installation's own authority. Both are kept, so that a guest meets the same ones after a restart. */
import { createPrivateKey } from 'node:crypto';
import { GatehouseError } from '../errors.ts';
import type { Redactor, SecretKeeper } from '../ports.ts';
import { Secret } from '../secret.ts';
import {
  authorityState,
  exportAuthority,
  makeAuthority,
  packAuthority,
  unpackAuthority,
  type Authority,
} from './authority.ts';
import type {
  CertificateChange,
  CertificateFinding,
  CertificateSource,
  ShareCertificate,
} from './certificate.ts';
import { uncoveredNames } from './constraints.ts';
import { issueLeaf, leafDue, packLeaf, unpackLeaf, type Leaf, type LeafDue } from './leaf.ts';
import type { HostNames } from './names.ts';

const authorityEntry = 'share-authority';
const leafEntry = 'share-certificate';

/** Windows' store takes 2,560 bytes; a certificate with more names than that is made anew at the next start. */
const mostKept = 2500;

export interface LocalSource extends CertificateSource {
  /** The authority, made when there is none. Refuses like the keeper, with `authority-damaged` or with `clock-wrong`. */
  authority(now: number): Promise<Authority>;
  /** Throws the old one away: every guest has to install the new one. The next `refresh` brings its certificate. */
  replaceAuthority(now: number): Promise<Authority>;
}

export interface LocalOptions {
  readonly keeper: SecretKeeper;
  readonly redactor: Redactor;
  /** Asked again at each look: names and addresses change. */
  readonly host: () => HostNames;
}

export function localSource({ keeper, redactor, host }: LocalOptions): LocalSource {
  /** Read once: a keychain may ask its owner for every reading. */
  let authority: Authority | null = null;
  let leaf: Leaf | null = null;

  async function keepAuthority(fresh: Authority): Promise<Authority> {
    learnKey(redactor, fresh.key);
    await keeper.set(authorityEntry, packAuthority(fresh));
    authority = fresh;
    return fresh;
  }

  async function currentAuthority(now: number): Promise<Authority> {
    if (authority === null) {
      const packed = await keeper.get(authorityEntry);
      if (packed === null) return keepAuthority(await makeAuthority(host(), now));
      const kept = unpackAuthority(packed);
      learnKey(redactor, kept.key);
      authority = kept;
    }
    const state = authorityState(authority, now);
    if (state === 'not-yet-valid') throw clockWrong(authority, now);
    // Nobody trusts an expired one: making another costs the guests nothing that they still have.
    return state === 'expired' ? keepAuthority(await makeAuthority(host(), now)) : authority;
  }

  async function keptLeaf(): Promise<Leaf | null> {
    const packed = await keeper.get(leafEntry);
    const kept = packed === null ? null : unpackLeaf(packed);
    if (kept !== null) learnKey(redactor, kept.key);
    return kept;
  }

  async function freshLeaf(issuer: Authority, now: number): Promise<Leaf> {
    const fresh = await issueLeaf(issuer, host(), now);
    learnKey(redactor, fresh.key);
    const packed = packLeaf(fresh);
    const fits = packed.reveal().length <= mostKept;
    // A keychain that is locked just now must not leave the guests with a certificate that runs out.
    await (fits ? keeper.set(leafEntry, packed) : keeper.delete(leafEntry)).catch(() => undefined);
    return fresh;
  }

  return {
    authority: currentAuthority,
    replaceAuthority: async now => keepAuthority(await makeAuthority(host(), now)),
    async refresh(current, now): Promise<CertificateChange | null> {
      const issuer = await currentAuthority(now);
      leaf ??= await keptLeaf();
      const due = leaf === null ? 'none' : leafDue(leaf, issuer, host(), now);
      if (due !== null) leaf = await freshLeaf(issuer, now);
      if (leaf === null || current?.fingerprint === leaf.certificate.fingerprint256) return null;
      const findings = localFindings(issuer, host(), now);
      return { certificate: describe(leaf, issuer, findings), reason: reasons[due ?? 'kept'] };
    },
    findings: (_current, now) => (authority === null ? [] : localFindings(authority, host(), now)),
  };
}

const reasons: Readonly<Record<LeafDue | 'none' | 'kept', string>> = {
  none: 'A certificate was made for this computer.',
  kept: 'The certificate of the last run is used again.',
  'names-changed': 'This computer has a new name or address; a new certificate was made.',
  'ends-soon': 'The certificate was about to run out; a new one was made.',
  'not-yet-valid': 'The clock was set back before the start of the certificate; a new one was made.',
  'other-authority': 'The certificate authority is a new one; guests have to install it.',
};

function describe(leaf: Leaf, issuer: Authority, findings: readonly CertificateFinding[]): ShareCertificate {
  const key = createPrivateKey({ key: leaf.key.reveal(), format: 'der', type: 'pkcs8' });
  return {
    kind: 'local',
    chain: leaf.certificate.toString(),
    key: new Secret(key.export({ format: 'pem', type: 'pkcs8' }).toString()),
    fingerprint: leaf.certificate.fingerprint256,
    validFrom: leaf.certificate.validFromDate.toISOString(),
    validTo: leaf.certificate.validToDate.toISOString(),
    host: leaf.host,
    authority: exportAuthority(issuer),
    trustedByAll: false,
    findings,
  };
}

function localFindings(authority: Authority, host: HostNames, now: number): readonly CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  if (authorityState(authority, now) === 'ending') {
    const day = authority.certificate.validToDate.toISOString().slice(0, 10);
    findings.push({
      weight: 'warn',
      code: 'authority-ends',
      message: `The certificate authority of this computer ends on ${day}.`,
      nextStep: 'Make a new one before that day, and ask the guests to install it.',
    });
  }
  const left = uncoveredNames(authority.constraints, host);
  if (left.length > 0) {
    findings.push({
      weight: 'warn',
      code: 'names-not-covered',
      message: `The local certificate authority may not speak for ${left.join(', ')}.`,
      nextStep:
        'Give guests a link with another name or address of this computer; or, if it was renamed or got a new public address, make a new authority.',
    });
  }
  return findings;
}

function clockWrong(authority: Authority, now: number): GatehouseError {
  const made = authority.certificate.validFromDate.toISOString().slice(0, 10);
  const today = new Date(now).toISOString().slice(0, 10);
  return new GatehouseError(
    'clock-wrong',
    `The clock of this computer says ${today}, but its certificate authority is valid from ${made} on.`,
    { nextStep: 'Set the clock. If it is right now and was wrong then, make a new certificate authority.' },
  );
}

/** In the two spellings in which a key could reach a log: as it is kept, and as the lines of a PEM file. */
function learnKey(redactor: Redactor, key: Secret<Buffer>): void {
  const text = key.reveal().toString('base64');
  redactor.learn(new Secret(text));
  for (const line of text.match(/.{1,64}/g) ?? []) redactor.learn(new Secret(line));
}
