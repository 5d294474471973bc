/**
 * The attack: a folder that was downloaded has a `random.py` in it. `python -m server` looks for every module
 * in the folder where it is started first, and runs it before anything of the server's own.
 */

/**
 * Arguments for an interpreter that runs a package's own command, as its program on PATH does, and looks for
 * modules in its environment alone. @param name what it calls itself in its messages
 */
export function pythonMain(module: string, call: string, name: string): readonly string[] {
  const code = `import sys; sys.path = [p for p in sys.path if p]; sys.argv[0] = '${name}'; from ${module} import ${call} as run; sys.exit(run())`;
  return ['-c', code];
}
