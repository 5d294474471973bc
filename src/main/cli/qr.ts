/**
 * A link as a QR code on a terminal: two rows of modules in a line of half blocks, dark on light whatever the
 * terminal's colours are.
 */
import { generate } from 'lean-qr';

/** ISO/IEC 18004 wants four modules of quiet around it. */
const quiet = 4;

/** @param colour false where the terminal knows no colours: then light is what is drawn */
export function qrText(text: string, colour: boolean): string {
  const code = generate(text);
  const dark = (x: number, y: number): boolean => code.get(x, y);
  const lines: string[] = [];
  for (let y = -quiet; y < code.size + quiet; y += 2) {
    let line = '';
    for (let x = -quiet; x < code.size + quiet; x += 1) line += half(dark(x, y), dark(x, y + 1));
    lines.push(colour ? `\u001b[30;107m${line}\u001b[0m` : line);
  }
  return lines.join('\n');

  function half(upper: boolean, lower: boolean): string {
    // In colours the ink is the dark module; without, on a terminal that is mostly dark, the light one.
    const [ink, other] = colour ? [upper, lower] : [!upper, !lower];
    if (ink && other) return '█';
    if (ink) return '▀';
    return other ? '▄' : ' ';
  }
}
