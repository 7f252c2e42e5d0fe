import type { MemberStatus, PoolView } from '@serverctl/contract';
import { isRunning, isSilent, isStopped } from '../../lib/pool/unit-state.ts';
import { sinceText } from '../../lib/words.ts';

/*
 * Trouble of the active member that is not settled: HAProxy stopped within its grace, or silence within the delay. Its health says nothing
 * of it yet; since when and for how long yet is told by the server's sentences alone.
 */

/** With these kinds its health says nothing of it. */
const unjudged: ReadonlySet<MemberStatus['health']> = new Set(['healthy', 'maintenance', 'drained']);

/** "HAProxy stopped 7 s ago; moved in 18 s". Null where nothing of the kind holds. */
export function unsettledText(pool: PoolView, active: MemberStatus, nowMs: number): string | null {
  const what = whatText(pool, active, nowMs);
  return what === null ? null : `${what}; ${nextText(pool, active, nowMs)}`;
}

function whatText({ preset, status }: PoolView, active: MemberStatus, nowMs: number): string | null {
  if (!unjudged.has(active.health) || active.alsoHealth.length > 0) return null;
  if (preset === 'haproxy' && isStopped(active)) {
    const stoppedMs = durationMs(/ for ([^,]+), not long enough/.exec(active.healthSentence)?.[1]);
    if (stoppedMs === null) return `HAProxy is ${active.haproxy}`;
    return `HAProxy stopped ${sinceText(stoppedMs + Math.max(0, nowMs - Date.parse(status.at)))} ago`;
  }
  if (isSilent(active)) return `silent for ${sinceText(active.heartbeatAgeMs ?? 0)}`;
  return preset === 'haproxy' && isRunning(active) === null ? `HAProxy is ${active.haproxy}` : null;
}

/** Only where the loop counts down to a move, and there is somebody to move to, is there a time. */
function nextText(pool: PoolView, active: MemberStatus, nowMs: number): string {
  const { automaticFailover, held, paused, status } = pool;
  if ((pool.maintenance ?? active.maintenance) !== null) return 'in maintenance, nothing is moved';
  if (paused !== null) return 'paused, nothing is moved';
  if (held) return 'held, nothing is moved';
  if (!automaticFailover) return 'nothing is moved by itself';
  if (status.nextInLine === null) return 'nobody can take over';
  const waitMs = durationMs(/^Wait ([^:]+): /.exec(status.sentence)?.[1]);
  if (status.state !== 'deciding' || waitMs === null) return 'not settled yet';
  const leftSeconds = Math.ceil((waitMs - Math.max(0, nowMs - Date.parse(status.at))) / 1_000);
  return leftSeconds > 0 ? `moved in ${leftSeconds} s` : 'about to be moved';
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, days: 86_400_000 };

/** As the server writes a length of time: "7.1 s", "2 min 5 s". Null where it is none. */
function durationMs(text: string | undefined): number | null {
  const parts = [...(text ?? '').matchAll(/(\d[\d.]*) (s|min|h|days)\b/g)];
  if (parts.length === 0) return null;
  return parts.reduce((sum, [, count = '0', unit = 's']) => sum + Number(count) * (unitMs[unit] ?? 0), 0);
}
