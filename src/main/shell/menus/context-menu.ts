/**
 * The menu of a right click in a server's page, where the page has none of its own. As data, so that it can
 * be tested without a window.
 */
export interface ContextFacts {
  /** Address of the link under the pointer; '' for none. */
  readonly linkURL: string;
  /** Address of the image under the pointer; '' for none. */
  readonly srcURL: string;
  readonly hasImage: boolean;
  readonly selectionText: string;
  readonly isEditable: boolean;
}

export type ContextItem =
  | { readonly kind: 'line' }
  | { readonly kind: 'role'; readonly role: 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'selectAll' }
  | { readonly kind: 'copy-address'; readonly label: string; readonly address: string }
  | { readonly kind: 'copy-image' }
  | { readonly kind: 'save'; readonly label: string; readonly address: string };

/** Addresses that can be saved: what the server's own session may ask for, and what the page itself holds. */
const savable = /^(?:https?|blob|data):/u;

export function contextItems(facts: ContextFacts): readonly ContextItem[] {
  const groups: (readonly ContextItem[])[] = [];
  if (facts.linkURL !== '') {
    groups.push([
      { kind: 'copy-address', label: 'Copy Link Address', address: facts.linkURL },
      ...(savable.test(facts.linkURL)
        ? [{ kind: 'save', label: 'Save Link', address: facts.linkURL } as const]
        : []),
    ]);
  }
  if (facts.hasImage) {
    groups.push([
      { kind: 'copy-image' },
      ...(savable.test(facts.srcURL)
        ? [{ kind: 'save', label: 'Save Image', address: facts.srcURL } as const]
        : []),
    ]);
  }
  if (facts.isEditable) {
    groups.push(
      (['undo', 'redo'] as const).map(role => ({ kind: 'role', role })),
      (['cut', 'copy', 'paste', 'selectAll'] as const).map(role => ({ kind: 'role', role })),
    );
  } else if (facts.selectionText.trim() !== '') {
    groups.push([{ kind: 'role', role: 'copy' }]);
  }
  return groups.flatMap((group, index) => (index === 0 ? group : [{ kind: 'line' } as const, ...group]));
}
