/**
 * The attack: a check reads a name that is percent-encoded once more, or badly, in another way than the
 * server does, and lets through what the server then acts on. This decoder is as lenient as the most lenient
 * server: it never throws, and leaves a malformed escape as it is. It decodes bytes, not UTF-8: names and
 * tokens are ASCII, and no byte of a longer character looks like ASCII.
 */
export function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The same for a query and a form, where `+` is a blank (application/x-www-form-urlencoded). */
export function formDecoded(text: string): string {
  return percentDecoded(text.replaceAll('+', ' '));
}
