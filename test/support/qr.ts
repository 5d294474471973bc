/* Reads a QR code as a camera would: from light and dark. */
import decode from 'jsqr';

const scale = 4;

/** @param isDark of one module; @param size modules with the quiet zone */
export function readQr(
  width: number,
  height: number,
  isDark: (x: number, y: number) => boolean,
): string | null {
  const pixels = new Uint8ClampedArray(width * scale * height * scale * 4);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const value = isDark(Math.floor(x / scale), Math.floor(y / scale)) ? 0 : 255;
      pixels.set([value, value, value, 255], 4 * (y * width * scale + x));
    }
  }
  return decode(pixels, width * scale, height * scale)?.data ?? null;
}

/** What `gatehouse share` has drawn with half blocks. */
export function readQrText(text: string): string | null {
  const colour = text.includes('\u001b[');
  // oxlint-disable-next-line no-control-regex -- the colours of a terminal
  const lines = text.replaceAll(/\u001b\[[\d;]*m/g, '').split('\n');
  const isInk = (x: number, y: number): boolean => {
    const letter = lines[Math.floor(y / 2)]?.[x] ?? ' ';
    return letter === '█' || letter === (y % 2 === 0 ? '▀' : '▄');
  };
  return readQr(lines[0]?.length ?? 0, lines.length * 2, (x, y) => isInk(x, y) === colour);
}
