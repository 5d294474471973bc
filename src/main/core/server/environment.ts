/**
 * Stops this: what happens to be in the environment of whoever started Gatehouse decides what a server loads
 * (LD_PRELOAD, NODE_OPTIONS, PYTHONSTARTUP), how it is opened (JUPYTER_TOKEN) or hands it our own secret
 * (GATEHOUSE_TOKEN), and every kernel and terminal inherits it. So only what is named here passes.
 */
const passing: readonly RegExp[] = [
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|COLORTERM|TZ|TMPDIR|LANG|LANGUAGE|LC_[A-Z]+)$/u,
  /^XDG_[A-Z_]+$/u,
  /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS)$/u,
  /^(?:https?|ftp|all|no)_proxy$/iu,
  /^(?:SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|PIP_CERT)$/u,
  /^(?:CONDA_[A-Z0-9_]+|VIRTUAL_ENV|PYENV_ROOT|PYENV_VERSION|MAMBA_ROOT_PREFIX|MAMBA_EXE)$/u,
  /^(?:LD_LIBRARY_PATH|CUDA_HOME|CUDA_PATH|CUDA_VISIBLE_DEVICES|MODULEPATH|LOADEDMODULES)$/u,
  // Windows; names there have no case.
  /^(?:SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|APPDATA|LOCALAPPDATA|ProgramData|ProgramFiles(?:\(x86\))?)$/iu,
  /^(?:USERPROFILE|USERNAME|USERDOMAIN|HOMEDRIVE|HOMEPATH|TEMP|TMP|COMPUTERNAME|OS|NUMBER_OF_PROCESSORS)$/iu,
];

/** Never, even if a setting names them. */
const never: readonly RegExp[] = [
  /^(?:NODE_OPTIONS|LD_PRELOAD|LD_AUDIT|DYLD_.*|PYTHONSTARTUP|BASH_ENV|ENV|IFS)$/iu,
  /^GATEHOUSE_/iu,
  /^JUPYTER_TOKEN/iu,
  /^MWI_AUTH_TOKEN$/iu,
  /^ELECTRON_/iu,
];

/** The part of an environment that a server may see. @param alsoNamed names that the settings add */
export function cleanEnvironment(
  from: Readonly<Record<string, string | undefined>>,
  alsoNamed: readonly string[] = [],
): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || never.some(rule => rule.test(name))) continue;
    if (!alsoNamed.includes(name) && !passing.some(rule => rule.test(name))) continue;
    const own = withoutPackage(value, from['APPDIR']);
    if (own !== null) clean[name] = own;
  }
  return clean;
}

/** An AppImage puts its own libraries before the system's; a server that loads those breaks in odd ways. */
function withoutPackage(value: string, mounted: string | undefined): string | null {
  if (mounted === undefined || mounted === '' || !value.includes(mounted)) return value;
  const kept = value.split(':').filter(part => part !== mounted && !part.startsWith(`${mounted}/`));
  return kept.length === 0 ? null : kept.join(':');
}
