import type { Upstream } from '../../upstream.ts';
import type { ProfileKind } from '../kind.ts';

/**
 * A kind that says that its server is shown nothing shows it nothing, to nobody's role. Throws where it
 * would: what doc/shown-credentials.md says is then not true.
 */
export function checkShown({ name, shownCredential }: ProfileKind, { headers, forRole }: Upstream): void {
  const shown = [headers, ...Object.values(forRole ?? {}).map(role => role.headers)].flat();
  if (shownCredential.codeSees !== 'none-shown' || shown.length === 0) return;
  const names = shown.map(([header]) => header).join(', ');
  throw new Error(`The kind "${name}" says that its server is shown no credential, and shows it ${names}.`);
}
