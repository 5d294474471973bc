/**
 * The attack: a clipboard history, or its synchronisation with other devices, keeps a link for months.
 * Systems have marks for what is secret (KDE: `x-kde-passwordManagerHint`; Windows:
 * `ExcludeClipboardContentFromMonitorProcessing`; macOS: `org.nspasteboard.ConcealedType`), but Electron
 * replaces the whole clipboard with each format that is written by name, so text and mark cannot be put there
 * together; and on Linux the text alone is what programs paste. So the text is put there, and after a minute
 * taken off again if it is still there. A history that has seen it by then keeps it: the link can be taken
 * back, and may be given one use only.
 */
export interface TextClipboard {
  readText(): string | Promise<string>;
  writeText(text: string): void | Promise<void>;
  clear(): void | Promise<void>;
}

const lingerMs = 60_000;

export async function copySecret(
  clipboard: TextClipboard,
  text: string,
  later: (work: () => void, milliseconds: number) => unknown = setTimeout,
): Promise<void> {
  await clipboard.writeText(text);
  later(() => void clearIfStill(clipboard, text), lingerMs);
}

async function clearIfStill(clipboard: TextClipboard, text: string): Promise<void> {
  if ((await clipboard.readText()) === text) await clipboard.clear();
}
