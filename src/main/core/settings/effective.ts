import type { SettingInfo } from '../../../shared/model.ts';
import { isSettingKey, rowOf, settingKeys, type SettingKey, type Settings } from './schema.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface Effective {
  readonly settings: Settings;
  readonly infos: readonly SettingInfo[];
  /** Keys of the file that no row knows. They stay in the file. */
  readonly unknown: readonly string[];
  /** Keys of the file whose value cannot be used; their default is in force. */
  readonly unusable: readonly SettingKey[];
  /** The same for the policy: what such an entry guards has to be locked. */
  readonly unusablePolicy: readonly string[];
}

/** Decides what is in force: the policy before the user, the user before the default. Pure. */
export function effective(user: Values, policy: Values): Effective {
  const unusable: SettingKey[] = [];
  const unusablePolicy = Object.keys(policy).filter(key => !mayForce(key, policy[key]));
  const infos = settingKeys.map((key): SettingInfo => {
    const { default: fallback, help } = rowOf(key);
    const chosen = own(user, key);
    const forced = unusablePolicy.includes(key) ? undefined : own(policy, key);
    const usable = chosen === undefined ? undefined : accept(key, chosen);
    if (chosen !== undefined && usable === undefined) unusable.push(key);
    if (forced !== undefined) {
      return { key, value: accept(key, forced)?.value, default: fallback, help, source: 'policy' };
    }
    if (usable !== undefined) return { key, value: usable.value, default: fallback, help, source: 'user' };
    return { key, value: fallback, default: fallback, help, source: 'default' };
  });
  return {
    settings: asSettings(Object.fromEntries(infos.map(info => [info.key, info.value]))),
    infos,
    unknown: Object.keys(user).filter(key => !isSettingKey(key)),
    unusable,
    unusablePolicy,
  };
}

/** The value as the setting's type has it; undefined when it may not be. Boxed, because null is a value. */
export function accept(key: SettingKey, value: unknown): { readonly value: unknown } | undefined {
  const parsed = rowOf(key).type.safeParse(value);
  return parsed.success ? { value: parsed.data } : undefined;
}

function asSettings(values: Values): Settings {
  if (!isSettings(values)) throw new TypeError('A default does not fit the type of its setting.');
  return values;
}

function isSettings(values: Values): values is Settings {
  return settingKeys.every(key => accept(key, values[key]) !== undefined);
}

function mayForce(key: string, value: unknown): boolean {
  return isSettingKey(key) && accept(key, value) !== undefined;
}

function own(values: Values, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
