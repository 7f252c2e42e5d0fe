import { type SparkPoint, sparkPaths } from './spark-path.ts';

const widthPx = 100;

export interface SparkProps {
  readonly points: readonly SparkPoint[];
  /** What the line says, for readers: "Sessions fell from 1,402 to 611". The last value stands beside it as text. */
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly height?: number;
  /** `warn`: it drains. `quiet`: it is old, or nothing to look at. */
  readonly tone?: 'plain' | 'warn' | 'quiet';
}

/** A line without axes; a gap stays a gap. */
export function Spark({ points, label, fromMs, toMs, height = 16, tone = 'plain' }: SparkProps) {
  const { line, fill } = sparkPaths(points, { fromMs, toMs, width: widthPx, height });
  return (
    <svg
      className={`spark ${tone}`}
      style={{ height }}
      viewBox={`0 0 ${widthPx} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className="fill" d={fill} />
      <path d={line} />
    </svg>
  );
}
