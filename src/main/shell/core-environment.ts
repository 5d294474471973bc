/*
 * The attack: whatever stands in the shell's environment reaches every sandboxed page process (Electron hands
 * a copy of it to their preload) and the core that the shell starts. A supplied token must reach the core
 * only, and what steers Electron or Node must not steer the core.
 */

const shellOnly =
  /^(?:ELECTRON_|CHROME_DESKTOP$|NODE_OPTIONS$|NODE_REPL_|GATEHOUSE_(?:NODE|CORE|ELECTRON)$)/u;

/**
 * What the core gets. Electron rewrites XDG_CURRENT_DESKTOP on some desktops and keeps the original beside
 * it.
 */
export function coreEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { ORIGINAL_XDG_CURRENT_DESKTOP: desktop, ...rest } = environment;
  const kept = Object.entries(rest).filter(([name]) => !shellOnly.test(name));
  return { ...Object.fromEntries(kept), ...(desktop === undefined ? {} : { XDG_CURRENT_DESKTOP: desktop }) };
}

/**
 * Whether the environment is a shell's already; a desktop's lacks what the login shell sets. A terminal says
 * its kind to whatever runs in it.
 */
export function startedInTerminal(environment: NodeJS.ProcessEnv, hasTerminal: boolean): boolean {
  return hasTerminal || !['', 'dumb', 'linux'].includes(environment['TERM'] ?? '');
}

/** Names that no page process may inherit. */
export const secretNames = ['GATEHOUSE_TOKEN', 'GATEHOUSE_PASSPHRASE'] as const;

export interface CoreProgram {
  readonly node: string;
  readonly script: string;
}

/**
 * The Node and the core of this package. From a checkout they may be named by the environment; a package that
 * did that would run whatever somebody who can set a variable likes.
 */
export function coreProgram(
  facts: {
    readonly packaged: boolean;
    readonly resources: string;
    readonly root: string;
    readonly windows: boolean;
  },
  environment: NodeJS.ProcessEnv,
): CoreProgram {
  const name = facts.windows ? 'node.exe' : 'node';
  if (facts.packaged) {
    return { node: `${facts.resources}/node/${name}`, script: `${facts.resources}/core/main.mjs` };
  }
  return {
    node: environment['GATEHOUSE_NODE'] ?? `${facts.root}/node_modules/node/bin/${name}`,
    script: environment['GATEHOUSE_CORE'] ?? `${facts.root}/out/core/main.mjs`,
  };
}
