import { expect, test } from 'vitest';
import type { Upstream } from '../../../../src/main/core/ports.ts';
import { allKinds } from '../../../../src/main/core/profiles/all.ts';
import { checkShown } from '../../../../src/main/core/profiles/common/shown-credential.ts';
import { Secret } from '../../../../src/main/core/secret.ts';

const address = { kind: 'port', port: 4567 } as const;
const headers = [['X-Key', new Secret('s')]] as const;
const silent: Upstream = { address, host: 'localhost', headers: [], withheldCookies: [] };
const telling: Upstream = { ...silent, headers };
const tellingViewers: Upstream = { ...silent, forRole: { viewer: { address, headers } } };

function faultOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test.each(allKinds.map(kind => [kind.name, kind] as const))(
  '%s is held to what it says of its credential',
  (_name, kind) => {
    expect(() => checkShown(kind, silent)).not.toThrow();
    const saysNone = kind.shownCredential.codeSees === 'none-shown';
    for (const upstream of [telling, tellingViewers]) {
      const told = saysNone ? /says that its server is shown no credential, and shows it X-Key/ : null;
      expect(faultOf(() => checkShown(kind, upstream))).toEqual(
        told === null ? null : expect.stringMatching(told),
      );
    }
  },
);

test('what is taken off was tested', () => {
  const untested = allKinds.filter(
    ({ shownCredential: { codeSees, tested } }) => (codeSees === 'taken-off') !== (tested !== null),
  );
  expect(untested.map(({ name }) => name)).toEqual([]);
});
