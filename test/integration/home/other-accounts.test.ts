/* Accounts as they are found: a number without a name, and root in somebody else's home. */
import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { otherAccount, type OtherAccount } from '../../support/other-account.ts';

const uid = 4321;
const secrets = ['--secrets', 'memory'];
const python = ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '{port}'];
const plain = [...secrets, '--json', '--no-trust', '--name', 'a', '--credential', 'none', '--', ...python];
let account: OtherAccount;

describe.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
  'as root, who can be any account',
  () => {
    beforeEach(async () => {
      account = await otherAccount(uid);
    });
    afterEach(() => account.remove());

    test('a number without a name, as `docker run -u 4321` gives it, can do what others can', async () => {
      const started = await account.cli(['start', ...plain]);
      expect(started, started.err).toMatchObject({ code: 0 });
      const { id } = JSON.parse(started.out) as ServerInfo;
      for (const args of [
        ['list'],
        ['about'],
        ['doctor'],
        ['profiles', '--cached'],
        ['logs', id],
        ['token', id],
        ['link', id],
        ['config', 'list'],
        ['links'],
        ['certificate', 'show'],
        ['audit', '--verify'],
        ['trust', '--list'],
        ['restart', id],
        ['stop', id],
        ['quit'],
        ['list'],
        ['forget', id],
      ]) {
        const said = await account.cli([...args, ...secrets]);
        expect(`${said.out}${said.err}`, args.join(' ')).not.toMatch(/uv_os_|fault of Gatehouse|ENOENT/);
        expect([said.code, said.err], args.join(' ')).toEqual([0, expect.any(String)]);
      }
      const homeless = await account.cli(['list'], { environment: { HOME: '' } });
      expect(homeless).toMatchObject({
        code: 1,
        err: expect.stringContaining('Set HOME to a folder that you may write to'),
      });
    });

    test("sudo with the caller's home is refused before anything is written, whatever the command", async () => {
      const sudo = { uid: 0, environment: { SUDO_UID: String(uid) } };
      for (const args of [
        ['list'],
        ['start', ...plain],
        ['serve', ...plain],
        ['doctor'],
        ['config', 'list'],
        ['forget', 'x'],
      ]) {
        const said = await account.cli(args, sudo);
        expect(said, args[0]).toMatchObject({
          code: 4,
          err: expect.stringMatching(/root would own what it writes.*sudo -H gatehouse/s),
        });
      }
      expect(await readdir(account.home)).toEqual([]);
      // In root's own home, and where it was asked for.
      const roots = join(account.folder, 'roots');
      await mkdir(roots);
      expect(
        await account.cli(['list'], { uid: 0, environment: { ...sudo.environment, HOME: roots } }),
      ).toMatchObject({ code: 0 });
      const asked = { uid: 0, environment: { ...sudo.environment, GATEHOUSE_ALLOW_SUDO: '1' } };
      expect(await account.cli(['list'], asked)).toMatchObject({ code: 0 });
      // What that leaves behind is named, with the way back.
      const left = await account.cli(['list']);
      expect(left).toMatchObject({
        code: 1,
        err: expect.stringContaining('belongs to root, as after `sudo gatehouse`'),
      });
      await takeBack(left.err);
      expect(await account.cli(['list'])).toMatchObject({ code: 0 });
    });

    test('what root has taken is named, nothing of it is taken for broken, and the advice helps', async () => {
      expect(await account.cli(['start', ...plain])).toMatchObject({ code: 0 });
      expect(await account.cli(['config', 'set', 'core.graceMinutes', '5'])).toMatchObject({ code: 0 });
      expect(await account.cli(['quit'])).toMatchObject({ code: 0 });
      const servers = join(account.home, '.local/state/gatehouse/servers.json');
      const before = await readFile(servers, 'utf8');
      for (const part of [
        '.local/state/gatehouse',
        '.local/state/gatehouse/servers.json',
        '.local/state/gatehouse/logs/gatehouse.log',
        '.local',
        '.config/gatehouse/settings.json',
      ]) {
        const path = join(account.home, part);
        await chown(path, 0, 0);
        const said = await account.cli(['list']);
        expect(said, part).toMatchObject({
          code: 1,
          err: expect.stringContaining(`${path} belongs to root`),
        });
        await takeBack(said.err);
      }
      const listed = await account.cli(['list', '--json']);
      expect((JSON.parse(listed.out) as ServerInfo[]).map(({ name }) => name)).toEqual(['a']);
      expect(await readFile(servers, 'utf8')).toBe(before);
      await chown(servers, 0, 0);
      // The core that cannot start says the same.
      expect((await account.cli(['start', ...plain])).err).toContain('sudo chown -R 4321:4321');
    });

    test('a file that cannot be read is not put aside as a broken one', async () => {
      expect(await account.cli(['start', ...plain])).toMatchObject({ code: 0 });
      expect(await account.cli(['quit'])).toMatchObject({ code: 0 });
      const state = join(account.home, '.local/state/gatehouse');
      const before = await readdir(state);
      await promisify(execFile)('chmod', ['000', join(state, 'servers.json')]);
      expect(await account.cli(['list'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('servers.json (EACCES)'),
      });
      expect(await readdir(state)).toEqual(before);
      await writeFile(join(state, 'servers.json'), '[]');
    });
  },
);

/** Does what was advised, as the user would who copies it. */
async function takeBack(said: string): Promise<void> {
  const command = /`sudo (chown [^`]+)`/.exec(said)?.[1];
  expect(command).toBeDefined();
  await promisify(execFile)('/bin/sh', ['-c', command ?? 'false']);
}
