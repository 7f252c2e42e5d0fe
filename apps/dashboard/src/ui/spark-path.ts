export interface SparkPoint {
  readonly atMs: number;
  readonly value: number;
}

export interface SparkFrame {
  readonly fromMs: number;
  readonly toMs: number;
  readonly width: number;
  readonly height: number;
}

/** Readings come about every 5 s: what lies further apart has a gap between, and the line has it too. */
const gapMs = 12_000;
const marginPx = 1.5;

/** The line of a sparkline, in pieces where there are gaps, and the area below each piece. Zero is at the foot. */
export function sparkPaths(points: readonly SparkPoint[], frame: SparkFrame): { line: string; fill: string } {
  const shown = points.filter(({ atMs }) => atMs >= frame.fromMs && atMs <= frame.toMs);
  const most = Math.max(1, ...shown.map(({ value }) => value));
  const place = placer(frame, most);
  const pieces = piecesOf(shown).map((piece) => piece.map(place));
  const line = pieces.map(
    (piece) => `M${piece.map(([x, y]) => `${x} ${y}`).join('L')}${piece.length === 1 ? 'h1' : ''}`,
  );
  const fill = pieces.map((piece) => {
    const [first] = piece;
    const last = piece.at(-1);
    return `M${piece.map(([x, y]) => `${x} ${y}`).join('L')}L${last?.[0]} ${frame.height}L${first?.[0]} ${frame.height}Z`;
  });
  return { line: line.join(''), fill: fill.join('') };
}

function placer({ fromMs, toMs, width, height }: SparkFrame, most: number) {
  const spanMs = Math.max(1, toMs - fromMs);
  const round = (px: number) => Math.round(px * 10) / 10;
  return ({ atMs, value }: SparkPoint) =>
    [
      round(((atMs - fromMs) / spanMs) * width),
      round(height - marginPx - (value / most) * (height - 2 * marginPx)),
    ] as const;
}

function piecesOf(points: readonly SparkPoint[]): readonly (readonly SparkPoint[])[] {
  const pieces: SparkPoint[][] = [];
  let before: SparkPoint | null = null;
  for (const point of points) {
    const piece = pieces.at(-1);
    if (piece === undefined || before === null || point.atMs - before.atMs > gapMs) pieces.push([point]);
    else piece.push(point);
    before = point;
  }
  return pieces;
}
