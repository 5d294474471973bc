import { generate } from 'lean-qr';
import { useMemo } from 'preact/hooks';

/** ISO/IEC 18004 wants four modules of quiet around it. */
const quiet = 4;

/** A text as a QR code: dark on light in both colour schemes, because cameras want it so. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  const whole = size + 2 * quiet;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${whole} ${whole}`}
      shape-rendering="crispEdges"
    >
      <rect width={whole} height={whole} class="qr-light" />
      <path d={path} class="qr-dark" />
    </svg>
  );
}

function draw(text: string): { readonly size: number; readonly path: string } {
  const code = generate(text);
  const parts: string[] = [];
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) parts.push(`M${x + quiet} ${y + quiet}h1v1h-1z`);
  }
  return { size: code.size, path: parts.join('') };
}
