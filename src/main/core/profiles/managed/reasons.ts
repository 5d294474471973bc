/**
 * Index addresses often carry a name and a password; nothing that pip or uv prints is kept or shown with
 * them. A password may hold a slash or an @ that should have been encoded: up to the last @ it goes, though a
 * path be lost with it.
 */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)(?=[^\s/'"]*[:@])[^\s'"]*@/gi, '$1***@');
}

/** The installer's own reason, from its last lines: what it calls an error, or else its last words. */
export function reasonFrom(lines: readonly string[]): string {
  const spoken = lines.map(line => withoutCredentials(line).trim()).filter(line => line !== '');
  const errors = spoken.filter(line =>
    /^(ERROR|error|fatal|×|╰─▶|Caused by)\b|^[×╰]|Error: |No space left/i.test(line),
  );
  const told = errors.length > 0 ? errors.slice(-3) : spoken.slice(-1);
  const reason = told.map(line => line.replace(/^(ERROR|error):\s*/, '').replace(/^[×╰─▶\s]+/, '')).join(' ');
  return reason === '' ? 'The installer ended without a message.' : reason.slice(0, 600);
}

const steps: readonly (readonly [sign: RegExp, step: string])[] = [
  [/No space left|ENOSPC|Disk quota|not enough space/i, 'The disk is full: free about 500 MB and try again.'],
  [
    /ensurepip|python3[\d.]*-venv/i,
    'Install the missing part (on Debian and Ubuntu: sudo apt install python3-venv) and try again.',
  ],
  [
    /CERTIFICATE_VERIFY_FAILED|SSLError|UnknownIssuer|certificate/i,
    'If your network has a certificate authority of its own, name its file in SSL_CERT_FILE (and PIP_CERT), then try again.',
  ],
  [/407|ProxyError|proxy/i, 'Check the proxy settings (HTTPS_PROXY, NO_PROXY) and try again.'],
  [
    /401|403 Client|credentials|Unauthorized/i,
    'Your package index refuses the request: check its name and password in the settings of pip or uv.',
  ],
  [
    /No matching distribution|Could not find a version|no versions of|not found in the package registry/i,
    'Check the package index (PIP_INDEX_URL, pip.conf) and the network, and try again.',
  ],
  [
    /name resolution|Name or service|Connection|timed out|Temporary failure|unreachable|dns error|client error/i,
    'Check the network and try again; what was downloaded is kept by the installer.',
  ],
  [
    /Permission denied|EACCES|EPERM|Read-only/i,
    'Give yourself the right to write there, or set GATEHOUSE_HOME to a folder of your own.',
  ],
];

/** What the user can do about it. */
export function nextStepFor(lines: readonly string[]): string {
  const text = lines.slice(-40).join('\n');
  return (
    steps.find(([sign]) => sign.test(text))?.[1] ??
    'Try again; if it fails again, install JupyterLab yourself and Gatehouse will find it.'
  );
}
