/**
 * Reads what `py -0p` prints on Windows: a line for each Python, with its tag, perhaps a star for the
 * default, and its path. Old launchers print ` -3.11-64 C:\...`, new ones ` -V:3.11 * C:\...`.
 */
export function parsePyLauncher(output: string): readonly string[] {
  return output.split(/\r?\n/).flatMap(line => {
    const match = /^\s*-(?:V:)?\S+\s+(?:\*\s+)?([A-Za-z]:\\.*?python\.exe)\s*$/i.exec(line);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}
