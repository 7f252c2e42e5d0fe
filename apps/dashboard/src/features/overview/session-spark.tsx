import { historyMs, useTrafficHistory } from '../../lib/live/traffic-history.ts';
import { useLive } from '../../lib/live/use-live.ts';
import { isCurrent } from '../../lib/pool/present-traffic.ts';
import { numberText, sinceText } from '../../lib/words.ts';
import { Spark } from '../../ui/spark.tsx';
import { shareLeft } from './flow.ts';
import type { Now } from './left-behind.ts';

const widthPx = 120;
const leastPx = 16;

export interface SessionSparkProps {
  readonly memberId: string;
  readonly hostname: string;
  readonly now: Now;
  /** It shortens with what is left. */
  readonly drains?: boolean;
}

/** Sessions as this page has read them; of a first one only the room that it will have. Grey when what is shown is old. */
export function SessionSpark({ memberId, hostname, now, drains = false }: SessionSparkProps) {
  const points = useTrafficHistory(memberId);
  const isLive = useLive(({ link }) => link.kind === 'live');
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const isOld = !isLive || !isCurrent({ readAtMs: last.atMs }, now.pageMs);
  if (points.length < 2) return isOld ? null : <span className="spark-room" style={{ width: widthPx }} />;
  const fromMs = Math.max(first.atMs, now.pageMs - historyMs);
  const most = Math.max(...points.map(({ sessions }) => sessions));
  const width = drains ? Math.max(leastPx, widthPx * shareLeft(last.sessions, most)) : widthPx;
  const label = `Sessions of ${hostname}: from ${numberText(first.sessions)} to ${numberText(last.sessions)} in ${sinceText(last.atMs - first.atMs)}`;
  return (
    <span className="spark-room" style={{ width }}>
      <Spark
        points={points.map(({ atMs, sessions }) => ({ atMs, value: sessions }))}
        fromMs={fromMs}
        toMs={Math.max(last.atMs, isOld ? now.pageMs : last.atMs)}
        label={label}
        tone={isOld ? 'quiet' : drains ? 'warn' : 'plain'}
      />
    </span>
  );
}
