import { rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { SettingInfo } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import { readTextIfPresent, sweepParts, writeFileAtomic } from '../files.ts';
import type { MayWrite } from '../home/home-lock.ts';
import type { Clock } from '../ports.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';
import { accept, effective, type Effective, type Values } from './effective.ts';
import { isSettingKey, rowOf, settingKeys, type SettingKey, type Settings } from './schema.ts';

export interface SettingsOptions {
  /** settings.json in the folder for configuration. */
  readonly file: string;
  /** What an administrator forces; beats the user's choice. */
  readonly policy?: Values | undefined;
  readonly clock?: Clock;
  readonly mayWrite?: MayWrite;
}

export interface SettingsStore {
  get<K extends SettingKey>(key: K): Settings[K];
  /** Refuses an unknown key with kind `not-found`. */
  info(key: string): SettingInfo;
  list(): readonly SettingInfo[];
  /**
   * Checks and saves; null goes back to the default. Refuses with kind `usage` (a value that cannot be),
   * `not-found` (no such key) or `refused` (the policy has decided), or with `write-failed`, and then nothing
   * has changed.
   */
  set(key: string, value: unknown): Promise<SettingInfo>;
  /** What the user should know of the file, one sentence each; up to date after every `set`. */
  warnings(): readonly string[];
}

const maxFileBytes = 1_000_000;

interface Loaded {
  readonly user: Values;
  readonly warnings: readonly string[];
}

/**
 * Reads the settings. A file that cannot be used stops nobody: it is kept aside and named in a warning, and
 * defaults are in force.
 */
export async function openSettings(options: SettingsOptions): Promise<SettingsStore> {
  const { file, policy = {}, clock = Date.now, mayWrite = async () => {} } = options;
  await sweepParts(file);
  let loaded = await load(file, clock).catch((error: unknown): Loaded => {
    if (!(error instanceof GatehouseError)) throw error;
    return { user: {}, warnings: [`${error.message} Default settings are used.`] };
  });
  let current = effective(loaded.user, policy);
  const runExclusive = createKeyedMutex();

  async function save(key: SettingKey, value: unknown): Promise<SettingInfo> {
    await mayWrite();
    // Read again: an editor or another process may have written since.
    const fresh = await load(file, clock);
    const user = Object.fromEntries(Object.entries(fresh.user).filter(([name]) => name !== key));
    if (value !== null) user[key] = value;
    await writeFileAtomic(file, `${JSON.stringify(user, null, 2)}\n`);
    loaded = { user, warnings: fresh.warnings };
    current = effective(user, policy);
    return find(current, key);
  }

  return {
    get: key => current.settings[key],
    info: key => find(current, key),
    list: () => current.infos,
    async set(key, value) {
      const known = find(current, key);
      if (known.source === 'policy') throw managed(key);
      return runExclusive('save', () => save(checkedKey(key), checked(key, value)));
    },
    warnings: () => [...loaded.warnings, ...complaints(file, current)],
  };
}

async function load(file: string, clock: Clock): Promise<Loaded> {
  const text = await readTextIfPresent(file, maxFileBytes);
  if (text === null || text.trim() === '') return { user: {}, warnings: [] };
  const values = parse(text);
  if (values !== null) return { user: values, warnings: [] };
  return { user: {}, warnings: [await putAside(file, clock)] };
}

function parse(text: string): Values | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    const parsed = z.record(z.string(), z.unknown()).safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function putAside(file: string, clock: Clock): Promise<string> {
  const stamp = new Date(clock()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const aside = `${file}.broken-${stamp}`;
  try {
    await rename(file, aside);
    return `${file} is not JSON with settings in it: it was kept as ${basename(aside)}, and default settings are used.`;
  } catch {
    return `${file} is not JSON with settings in it, and could not be put aside. Default settings are used.`;
  }
}

function complaints(file: string, current: Effective): readonly string[] {
  return [
    ...current.unknown.map(
      key => `${file}: no setting is called ${JSON.stringify(key.slice(0, 80))}; it was left alone.`,
    ),
    ...current.unusable.map(key => `${file}: ${key} must be ${rowOf(key).wanted}. Its default is used.`),
    ...current.unusablePolicy.map(
      key => `The policy cannot set ${JSON.stringify(key.slice(0, 80))} to that; it was not applied.`,
    ),
  ];
}

function find(current: Effective, key: string): SettingInfo {
  const info = current.infos.find(candidate => candidate.key === key);
  if (info === undefined) throw noSuchSetting(key);
  return info;
}

function checkedKey(key: string): SettingKey {
  if (!isSettingKey(key)) throw noSuchSetting(key);
  return key;
}

function checked(key: string, value: unknown): unknown {
  if (value === null) return null;
  const accepted = accept(checkedKey(key), wordsIfList(checkedKey(key), value));
  if (accepted !== undefined) return accepted.value;
  throw new GatehouseError('setting-invalid', `${key} must be ${rowOf(checkedKey(key)).wanted}.`, {
    nextStep: `\`gatehouse config get ${key}\` shows what it is now.`,
    kind: 'usage',
  });
}

/** A list may be given as text, as a person types it: `a.example, b.example`. */
function wordsIfList(key: SettingKey, value: unknown): unknown {
  if (typeof value !== 'string' || !Array.isArray(rowOf(key).default)) return value;
  return value.split(/[\s,]+/).filter(word => word !== '');
}

function noSuchSetting(key: string): GatehouseError {
  return new GatehouseError('no-such-setting', `No setting is called ${JSON.stringify(key.slice(0, 80))}.`, {
    nextStep: `The settings are ${settingKeys.join(', ')}.`,
    kind: 'not-found',
  });
}

function managed(key: string): GatehouseError {
  return new GatehouseError('setting-managed', `${key} is set by your administrator.`, {
    nextStep: 'Ask them to change it.',
    kind: 'refused',
  });
}
