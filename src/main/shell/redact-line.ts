/**
 * The shell's log never holds a credential: lines are rewritten before they are written, and long ones are
 * cut.
 */

const patterns: readonly (readonly [RegExp, string])[] = [
  [/([?&#][\w-]*(?:token|key|code|secret|password|_xsrf)=)[^&\s"'#]+/giu, '$1***'],
  [/((?:authorization|x-gatehouse-token|cookie|set-cookie)["']?\s*[:=]\s*)[^\r\n]+/giu, '$1***'],
  [/(\/_gatehouse\/(?:enter|join|link)\/)[^\s?#]+/giu, '$1***'],
  [/\b[A-Za-z0-9_-]{43}\b/gu, '***'],
];

export function redactLine(text: string): string {
  const line = text.length > 4000 ? `${text.slice(0, 4000)} …` : text;
  return patterns.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), line);
}
