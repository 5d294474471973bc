import { expect, test } from 'vitest';
import {
  alternativeNames,
  namesHost,
} from '../../../../src/main/core/share/certificate/alternative-names.ts';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { makeCertificate } from '../../../support/certificates.ts';

test('names and addresses as Node tells them, in one spelling', async () => {
  const host = { names: ['Lab.example.edu', '*.pool.example.edu'], addresses: ['192.0.2.7', 'fd00::2'] };
  const { certificate } = await makeCertificate({ host });
  expect(alternativeNames(certificate)).toEqual({
    names: ['lab.example.edu', '*.pool.example.edu'],
    addresses: ['192.0.2.7', 'fd00::2'],
  });
  const none = await makeCertificate({ host: hostNames([], []) });
  expect(alternativeNames(none.certificate)).toEqual({ names: [], addresses: [] });
});

test('a name that was made to look like several is none', () => {
  // CVE-2021-44532: a comma within a name.
  const forged = {
    subjectAltName:
      'DNS:"evil.io, DNS:bank.de, DNS:\\", DNS:bank.io, x", URI:"x, IP Address:8.8.8.8", email:a@b.de, DNS:good.de',
  };
  expect(alternativeNames(forged)).toEqual({ names: ['good.de'], addresses: [] });
});

test('what a guest asked for', () => {
  const host = { names: ['lab.example.edu', '*.pool.example.edu'], addresses: ['fd00::2'] };
  for (const wanted of [
    'lab.example.edu',
    'LAB.example.edu',
    'a.pool.example.edu',
    'fd00::2',
    '[fd00:0::2]',
  ]) {
    expect(namesHost(host, wanted), wanted).toBe(true);
  }
  for (const wanted of ['example.edu', 'pool.example.edu', 'a.b.pool.example.edu', 'fd00::3', '']) {
    expect(namesHost(host, wanted), wanted).toBe(false);
  }
});
