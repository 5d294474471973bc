import { useEffect, useRef, useState } from 'preact/hooks';

export interface MenuEntry {
  readonly label: string;
  readonly act: () => void;
  readonly disabled?: boolean;
  readonly danger?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
}

/**
 * A button that opens a short menu. Arrow keys, Home, End and Escape work as in any menu (WAI-ARIA menu
 * button).
 */
export function MenuButton({ label, entries }: MenuProps) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useLeave(open, place, () => setOpen(false));
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') close();
    const to = target(event.key, itemsIn(place.current));
    if (to === null) return;
    event.preventDefault();
    to.focus();
  };
  return (
    <div class="menu-place" ref={place} onKeyDown={open ? onKeyDown : undefined}>
      <button
        ref={button}
        class="icon-button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="3" cy="8" r="1.4" />
          <circle cx="8" cy="8" r="1.4" />
          <circle cx="13" cy="8" r="1.4" />
        </svg>
      </button>
      {open && <Entries label={label} entries={entries} close={close} />}
    </div>
  );
}

function Entries({ label, entries, close }: MenuProps & { readonly close: () => void }) {
  const act = (entry: MenuEntry): void => {
    close();
    entry.act();
  };
  return (
    <div class="menu" role="menu" aria-label={label}>
      {entries.map(entry => (
        <button
          key={entry.label}
          role="menuitem"
          tabIndex={-1}
          class={entry.danger === true ? 'danger' : ''}
          disabled={entry.disabled}
          onClick={() => act(entry)}
        >
          {entry.label}
        </button>
      ))}
    </div>
  );
}

/** While the menu is open: the first entry has the focus, and a click or a step outside closes it. */
function useLeave(open: boolean, place: { readonly current: HTMLElement | null }, leave: () => void): void {
  useEffect(() => {
    if (!open) return undefined;
    itemsIn(place.current)[0]?.focus();
    const look = (event: Event): void => {
      if (event.target instanceof Node && place.current?.contains(event.target) !== true) leave();
    };
    document.addEventListener('pointerdown', look);
    document.addEventListener('focusin', look);
    return () => {
      document.removeEventListener('pointerdown', look);
      document.removeEventListener('focusin', look);
    };
  }, [open]);
}

function itemsIn(place: HTMLElement | null): readonly HTMLButtonElement[] {
  return Array.from(place?.querySelectorAll<HTMLButtonElement>('[role=menuitem]:not(:disabled)') ?? []);
}

function target(key: string, items: readonly HTMLButtonElement[]): HTMLButtonElement | null {
  const at = items.findIndex(item => item === document.activeElement);
  const places: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: items.length - 1,
  };
  const to = places[key];
  if (to === undefined || items.length === 0) return null;
  return items[(to + items.length) % items.length] ?? null;
}
