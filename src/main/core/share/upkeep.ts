/** The owner's calls about what sharing keeps: its certificate, audit log and installation key. */
import type { Answers } from '../calls.ts';
import { GatehouseError } from '../errors.ts';
import { readSecretFile } from '../files.ts';
import type { Paths } from '../paths.ts';
import type { Redactor, SecretStore } from '../ports.ts';
import { Secret } from '../secret.ts';
import type { SettingsStore } from '../settings/store.ts';
import { refuseAuditOfMemory } from './audit/audit-without-key.ts';
import { exportAuthority } from './certificate/authority.ts';
import { passphraseEntry } from './certificate/key-passphrase.ts';
import { rotateInstallationKey } from './ledger/installation-key.ts';
import { noAuthority, noKeyFile } from './share-errors.ts';
import type { Sharing } from './sharing.ts';
import { describeAudit, describeAuthority, describeCertificate } from './to-contract.ts';

export interface UpkeepDeps {
  readonly sharing: Pick<Sharing, 'open' | 'known'>;
  readonly secretStore: SecretStore;
  readonly redactor: Redactor;
  readonly settings: Pick<SettingsStore, 'get'>;
  readonly paths: Pick<Paths, 'data' | 'uid'>;
}

export type UpkeepAnswers = Pick<
  Answers,
  | 'share.certificate'
  | 'share.keyPassphrase'
  | 'authority.info'
  | 'authority.replace'
  | 'audit.read'
  | 'audit.verify'
  | 'secret.rotate'
>;

export function upkeepAnswers(deps: UpkeepDeps): UpkeepAnswers {
  const { sharing, secretStore, redactor, paths } = deps;
  return {
    ...certificateAnswers(deps),
    'audit.read': async ({ lines }) => {
      const known = await sharing.known();
      if (known === null) await refuseAuditOfMemory(secretStore, paths.data);
      return known?.audit.read(lines) ?? [];
    },
    'audit.verify': async () => {
      if ((await sharing.known()) === null) await refuseAuditOfMemory(secretStore, paths.data);
      return describeAudit(await (await sharing.open()).audit.verify());
    },
    'secret.rotate': async ({ keyFile }) => {
      const { ledger, audit } = await sharing.open();
      const own = keyFile === undefined ? undefined : await keyFrom(keyFile, paths.uid);
      await rotateInstallationKey(secretStore, redactor, keys => ledger.rekey(keys), own);
      await audit.rekey(ledger.auditKeys());
    },
  };
}

function certificateAnswers({
  sharing,
  secretStore,
  redactor,
  settings,
}: UpkeepDeps): Pick<
  UpkeepAnswers,
  'share.certificate' | 'share.keyPassphrase' | 'authority.info' | 'authority.replace'
> {
  return {
    'share.certificate': async () => describeCertificate(await (await sharing.open()).certificate()),
    'share.keyPassphrase': async passphrase => {
      const file = settings.get('sharing.keyFile') ?? settings.get('sharing.certificateFile');
      if (file === null) throw noKeyFile();
      const secret = new Secret(passphrase);
      redactor.learn(secret);
      await secretStore.set(passphraseEntry(file), secret);
      const certificate = await (await sharing.open()).certificate();
      await certificate.look();
      return describeCertificate(certificate);
    },
    'authority.info': async () => {
      if (settings.get('sharing.certificateFile') !== null) throw noAuthority();
      const { authorities } = await sharing.open();
      return describeAuthority(exportAuthority(await authorities.get(Date.now())));
    },
    'authority.replace': async () => {
      const { authorities, certificate } = await sharing.open();
      const replaced = await authorities.replace(Date.now());
      await (await certificate()).look();
      return describeAuthority(exportAuthority(replaced));
    },
  };
}

/** 32 random bytes as base64url, or any text of at least that length. */
async function keyFrom(path: string, uid: number | null): Promise<Secret<string>> {
  const text = await readSecretFile(path, uid);
  if (text.length >= 43) return new Secret(text);
  throw new GatehouseError('key-too-short', `The key in ${path} is shorter than 256 bits.`, {
    kind: 'usage',
    nextStep: 'Make one with `openssl rand -base64 32`, in a file that only you can read.',
  });
}
