type Rule = readonly [sign: RegExp, advice: string];

const rules: readonly Rule[] = [
  [
    /EADDRINUSE|address already in use/i,
    'Another program took this port first: start again to use another one.',
  ],
  [
    /No space left on device|ENOSPC|Disk quota exceeded/i,
    'The disk is full: free some space and start again.',
  ],
  [
    /ProxyError|Tunnel connection failed|Proxy Authentication Required|ERR_PROXY|ERR_TUNNEL|proxy.{0,80}\b(?:refused|timed out|unreachable|40[37]|50[234])\b|(?:cannot|could not|unable to) connect to proxy/i,
    'It could not connect through the proxy that is set, which `gatehouse doctor` shows: correct or unset it where you start the server, or add the address to NO_PROXY.',
  ],
  [
    /EACCES|Permission denied/i,
    'Your account lacks a right that the command needs: see the line above for which file.',
  ],
  [
    /Cannot find module|No module named|ModuleNotFoundError/i,
    'A package of the command is missing: install it as its own guide says.',
  ],
  [
    /unrecognized (arguments?|option)|unknown (option|flag|argument)|invalid option/i,
    'The command does not accept one of its options: check the command line.',
  ],
  [
    /command not found|No such file or directory|ENOENT/i,
    'The command needs a file or program that is not there: see the line above for which one.',
  ],
];

/** One sentence that says what to do, or null when nothing known is in the last lines. */
export function adviseByOutput(lastLines: readonly string[], exitCode: number | null): string | null {
  for (const line of lastLines.toReversed()) {
    const rule = rules.find(([sign]) => sign.test(line));
    if (rule) return rule[1];
  }
  if (exitCode === 0)
    return 'The command exited: it has to stay in the foreground (look for an option like --no-daemon).';
  return null;
}
