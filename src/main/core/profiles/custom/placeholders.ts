import { GatehouseError } from '../../errors.ts';

/** What a custom command may be told. */
export const placeholderNames = ['port', 'port2', 'socket', 'base', 'secretFile'] as const;

export type PlaceholderName = (typeof placeholderNames)[number];

/**
 * `{name}` stands for a value, `{{name}}` for the word in braces. Other braces are left alone: they are often
 * JSON.
 */
const pattern = /\{\{([A-Za-z]+|port2)\}\}|\{([A-Za-z]+|port2)\}/g;

/** The placeholders that a command uses. Refuses one that does not exist, by its name. */
export function usedPlaceholders(command: readonly string[]): ReadonlySet<PlaceholderName> {
  const used = new Set<PlaceholderName>();
  for (const argument of command) {
    for (const match of argument.matchAll(pattern)) {
      const name = match[2];
      if (name === undefined) continue;
      const known = placeholderNames.find(placeholder => placeholder === name);
      if (known === undefined) throw unknownPlaceholder(name);
      used.add(known);
    }
  }
  return used;
}

/** The command with its values in place. */
export function fillPlaceholders(
  command: readonly string[],
  values: Readonly<Record<PlaceholderName, string>>,
): readonly string[] {
  return command.map(argument =>
    argument.replaceAll(pattern, (whole, escaped: string | undefined, name: string | undefined) => {
      if (escaped !== undefined) return `{${escaped}}`;
      const known = placeholderNames.find(placeholder => placeholder === name);
      return known === undefined ? whole : values[known];
    }),
  );
}

function unknownPlaceholder(name: string): GatehouseError {
  const known = placeholderNames.map(placeholder => `{${placeholder}}`).join(', ');
  return new GatehouseError(
    'unknown-placeholder',
    `The command has a placeholder {${name}} that does not exist.`,
    {
      kind: 'usage',
      nextStep: `Use one of ${known}, or write {{${name}}} for the word in braces itself.`,
    },
  );
}
