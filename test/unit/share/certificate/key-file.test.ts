import { expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import {
  keyFileFindings,
  openKeys,
  type PassphraseSource,
} from '../../../../src/main/core/share/certificate/key-file.ts';
import { readPem } from '../../../../src/main/core/share/certificate/pem.ts';
import { makeCertificate } from '../../../support/certificates.ts';

const path = '/etc/tls/key.pem';

/** A person who says these words, one after the other. */
function person(
  words: readonly string[],
  kept: string | null = null,
): PassphraseSource & { asked: boolean[]; good: string[] } {
  const left = [...words];
  const asked: boolean[] = [];
  const good: string[] = [];
  return {
    asked,
    good,
    kept: async () => (kept === null ? null : new Secret(kept)),
    ask: async again => {
      asked.push(again);
      const word = left.shift();
      return word === undefined ? null : new Secret(word);
    },
    worked: async passphrase => void good.push(passphrase.reveal()),
  };
}

const nobody = person([]);

async function locked(kind: 'pkcs8' | 'traditional', rsa = false): Promise<{ text: string; same: string }> {
  const { key, keyPem } = await makeCertificate(rsa ? { key: 2048 } : {});
  const how = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' } as const;
  const type = kind === 'pkcs8' ? 'pkcs8' : rsa ? 'pkcs1' : 'sec1';
  return { text: key.export({ ...how, type }).toString(), same: keyPem };
}

test('keys of every spelling, locked and not', async () => {
  const { key, keyPem } = await makeCertificate();
  const rsa = await makeCertificate({ key: 2048 });
  const plain = [
    keyPem,
    key.export({ format: 'pem', type: 'sec1' }).toString(),
    rsa.key.export({ format: 'pem', type: 'pkcs1' }).toString(),
  ];
  for (const text of plain) {
    const [opened] = await openKeys(readPem(text).keys, path, nobody);
    expect(opened?.type).toBe('private');
  }
  for (const [kind, isRsa] of [
    ['pkcs8', false],
    ['traditional', false],
    ['pkcs8', true],
    ['traditional', true],
  ] as const) {
    const { text, same } = await locked(kind, isRsa);
    expect(text).toContain('ENCRYPTED');
    const source = person(['right']);
    const [opened] = await openKeys(readPem(text).keys, path, source);
    expect(opened?.export({ format: 'pem', type: 'pkcs8' })).toBe(same);
    expect(source.good).toEqual(['right']);
  }
});

test('what is kept is tried first; a person is asked when it is wrong, three times at most', async () => {
  const { text } = await locked('pkcs8');
  const { keys } = readPem(text);
  const known = person([], 'right');
  await openKeys(keys, path, known);
  expect(known.asked).toEqual([]);
  const changed = person(['wrong', 'right'], 'old');
  await openKeys(keys, path, changed);
  expect([changed.asked, changed.good]).toEqual([[true, true], ['right']]);
  const stubborn = person(Array.from({ length: 99 }, () => 'wrong'));
  await expect(openKeys(keys, path, stubborn)).rejects.toMatchObject({ code: 'passphrase-wrong' });
  expect(stubborn.asked).toEqual([false, true, true]);
  const first = person([]);
  await expect(openKeys(keys, path, first)).rejects.toMatchObject({ code: 'key-locked' });
  const quits = person(['wrong']);
  await expect(openKeys(keys, path, quits)).rejects.toMatchObject({ code: 'passphrase-wrong' });
});

test('a damaged key is told without a word of it', async () => {
  const { keyPem } = await makeCertificate();
  const broken = keyPem.replace(/\n[^\n]{10}/, '\nAAAAAAAAAA');
  const refused = await openKeys(readPem(broken).keys, path, nobody).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'key-damaged',
    cause: undefined,
    message: expect.stringContaining(path),
  });
  expect(String((refused as Error).stack)).not.toContain(keyPem.split('\n')[1]);
});

test('who else may read or replace the file', () => {
  const rows = [
    [0o600, 1000, []],
    [0o400, 0, []],
    [0o640, 0, ['warn key-group-readable']],
    [0o644, 1000, ['refuse key-readable']],
    [0o604, 1000, ['refuse key-readable']],
    [0o660, 1000, ['refuse key-writable']],
    [0o602, 1000, ['refuse key-writable']],
    [0o600, 1001, ['refuse key-foreign']],
  ] as const;
  for (const [mode, uid, expected] of rows) {
    const findings = keyFileFindings(path, { mode: 0o100_000 | mode, uid }, 1000);
    expect(
      findings.map(finding => `${finding.weight} ${finding.code}`),
      mode.toString(8),
    ).toEqual(expected);
    expect(findings.every(finding => finding.message.includes(path))).toBe(true);
  }
  expect(keyFileFindings(path, { mode: 0o666, uid: 5 }, null)).toEqual([]);
});
