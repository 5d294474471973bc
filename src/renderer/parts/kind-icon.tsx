import type { ProfileInfo, ProfileName } from '../../shared/model.ts';
import { initial } from '../words.ts';

interface IconProps {
  readonly kinds: Readonly<Record<string, ProfileInfo>>;
  readonly profile: ProfileName | undefined;
  readonly title: string;
}

/** The sign of a kind of server; its first letter until the kinds are known. */
export function KindIcon({ kinds, profile, title }: IconProps) {
  const kind = profile === undefined ? undefined : kinds[profile];
  return (
    <div class="icon" aria-hidden="true">
      {kind === undefined ? (
        initial(title)
      ) : (
        <svg viewBox="0 0 24 24" width="20" height="20">
          <path d={kind.icon} fill="currentColor" fill-rule="evenodd" />
        </svg>
      )}
    </div>
  );
}
