import { encode } from 'uqr';

/** The white that a scanner needs around it, in modules. */
const border = 2;

/** Drawn here, from the text alone: no picture of a secret is asked of anybody. Dark on light in both themes, as scanners want it. */
export function QrCode({ text, name }: { readonly text: string; readonly name: string }) {
  const { data, size } = encode(text, { border });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg className="qr" role="img" aria-label={name} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect className="qr-light" width={size} height={size} />
      <path className="qr-dark" d={dark.join('')} />
    </svg>
  );
}
