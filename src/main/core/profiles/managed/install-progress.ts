/** How far an installer is, guessed from what it prints. */
export interface InstallProgress {
  readonly message: string;
  /** 0 to 1. */
  readonly fraction: number;
}

/** JupyterLab 4.6 with ipykernel comes to about so many packages. */
const expectedPackages = 95;

/**
 * Turns lines of pip and uv into steps; null for a line that tells nothing. One for each installation: it
 * counts.
 */
export function progressReader(): (line: string) => InstallProgress | null {
  const collected = new Set<string>();
  let highest = 0;
  const step = (message: string, fraction: number): InstallProgress => {
    // An installer may look twice at a package: a bar that goes back is worse than one that waits.
    highest = Math.max(highest, Math.min(1, fraction));
    return { message, fraction: highest };
  };
  const name = (text: string | undefined): string => /^[\w.-]+/.exec(text ?? '')?.[0] ?? 'packages';
  return line => {
    const collecting = /^\s*(?:Collecting|Requirement already satisfied:)\s+(\S+)/.exec(line);
    if (collecting) {
      collected.add(name(collecting[1]));
      return step(`Fetching ${name(collecting[1])}`, 0.8 * Math.min(1, collected.size / expectedPackages));
    }
    const resolved = /^\s*Resolved (\d+) packages/.exec(line);
    if (resolved) return step(`Fetching ${resolved[1]} packages`, 0.2);
    const downloading = /^\s*Downloading (\S+)/.exec(line);
    if (downloading) {
      collected.add(name(downloading[1]));
      return step(
        `Fetching ${name(downloading[1]).replace(/-\d.*/, '')}`,
        0.2 + (0.5 * collected.size) / expectedPackages,
      );
    }
    if (/^\s*Prepared \d+ packages/.test(line)) return step('Installing', 0.8);
    const installing = /^\s*Installing collected packages: (.*)/.exec(line);
    if (installing) return step(`Installing ${(installing[1] ?? '').split(',').length} packages`, 0.85);
    if (/^\s*(Successfully installed|Installed \d+ packages)/.test(line)) return step('Installed', 1);
    return null;
  };
}
