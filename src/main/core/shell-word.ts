/**
 * The attack: the name of a downloaded folder holds `$(...)`, a backtick or a quote, and runs a command when
 * its owner pastes what Gatehouse advises. So a path within a command that is shown stands in quotes that no
 * character of it can leave. Windows forbids the double quote in names.
 */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
