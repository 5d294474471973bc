import type { Role } from '../../shared/model.ts';
import type { RoleOffer, SharePreview } from '../../shared/share-model.ts';

interface RoleChoiceProps {
  readonly preview: SharePreview;
  readonly role: Role;
  readonly change: (role: Role) => void;
}

/** What the holder may do. A role that this kind of server cannot enforce is shown with the reason. */
export function RoleChoice({ preview, role, change }: RoleChoiceProps) {
  return (
    <fieldset>
      <legend>They may</legend>
      {preview.roles.map(offer => (
        <label class="choice" key={offer.role}>
          <input type="radio" name="role" checked={offer.role === role} onChange={() => change(offer.role)} />
          <RoleWords offer={offer} />
        </label>
      ))}
      {preview.notOffered.map(({ role: other, reason }) => (
        <label class="choice off" key={other}>
          <input type="radio" name="role" disabled />
          <span>
            <strong>{other.slice(0, 1).toUpperCase() + other.slice(1)}</strong>
            <br />
            <span class="quiet small">{reason}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function RoleWords({ offer }: { readonly offer: RoleOffer }) {
  return (
    <span>
      <strong>{offer.title}</strong>
      {offer.runsCode && (
        <span class="bad small danger-words">They can run any code as you, on this computer.</span>
      )}
      <span class="quiet small lines">
        {offer.can.map(words => (
          <span key={words}>{words}.</span>
        ))}
        {offer.cannot.map(words => (
          <span key={words}>Cannot {words.slice(0, 1).toLowerCase() + words.slice(1)}.</span>
        ))}
        {offer.note !== null && <span>{offer.note}</span>}
      </span>
    </span>
  );
}
