import { type Bar, stripLabel, stripSeconds } from '../lib/live/strip.ts';

const stepPx = 4;
const widthPx = stripSeconds * stepPx;

/** From where to where each kind of bar is drawn, of 22: the height says it, the colour says it again. */
const heights: Readonly<Record<Exclude<Bar, 'unwatched'>, readonly [number, number]>> = {
  'on-time': [1, 21],
  late: [7, 21],
  missed: [17, 21],
  'not-listening': [9.5, 12.5],
};
const looks: Readonly<Record<Exclude<Bar, 'unwatched'>, string>> = {
  'on-time': 'b-ok',
  late: 'b-late',
  missed: 'b-miss',
  'not-listening': 'b-unk',
};
const kinds = ['on-time', 'late', 'missed', 'not-listening'] as const;

/** One bar a second, the newest at the right. What the page did not watch is left empty. */
export function HeartbeatStrip({ strip }: { readonly strip: readonly Bar[] }) {
  const firstPx = widthPx - strip.length * stepPx + stepPx / 2;
  const bars = (kind: (typeof kinds)[number]) => {
    const [top, bottom] = heights[kind];
    return strip.map((bar, second) => (bar === kind ? `M${firstPx + second * stepPx} ${top}V${bottom}` : '')).join('');
  };
  const isNow = strip.at(-1) === 'on-time';
  return (
    <svg
      className="hb"
      viewBox={`0 0 ${widthPx} 22`}
      preserveAspectRatio="none"
      role="img"
      aria-label={stripLabel(strip)}
    >
      {kinds.map((kind) => (
        <path key={kind} className={looks[kind]} d={bars(kind)} />
      ))}
      {isNow && <path className="b-now" d={`M${widthPx - stepPx / 2} 1V21`} />}
    </svg>
  );
}
