import type { MemberStatus, PoolView, PromotePreview, PromotionView } from '@serverctl/contract';
import { activeOf, hostnameOf } from '../../lib/pool/names.ts';
import { countText, measuredText, numberText } from '../../lib/words.ts';
import type { ChangeLine } from '../../ui/act-dialog.tsx';
import type { CostLine } from '../../ui/costs.tsx';

/** A preview in the dialog's lines. */
export interface Move {
  readonly changes: readonly ChangeLine[];
  readonly costs: readonly CostLine[];
}

export interface MoveFacts {
  readonly pool: PoolView;
  readonly preview: PromotePreview;
  /** The last ones; undefined while they are not read. */
  readonly promotions: readonly PromotionView[] | undefined;
  /** Open on the active member at its last reading; null = HAProxy never said. */
  readonly sessions: number | null;
}

/** What a switchover changes, record by record, and what it costs. Pure. */
export function moveOf({ pool, preview, promotions, sessions }: MoveFacts): Move {
  return {
    changes: preview.names.flatMap((name) => changeOf(pool, preview, name)),
    costs: [
      { key: 'ready', shape: preview.ready ? 'healthy' : 'needs-you', text: preview.sentence },
      sessionsCost(pool, preview, sessions),
      secondsCost(preview, promotions),
      afterwardsCost(pool, preview),
      ...preview.names.flatMap(({ name, type, warnings }) =>
        warnings.map((warning, at) => ({
          key: `warning ${name} ${type} ${at}`,
          shape: 'needs-you' as const,
          text: warning,
        })),
      ),
    ],
  };
}

function changeOf(pool: PoolView, preview: PromotePreview, name: PromotePreview['names'][number]): ChangeLine[] {
  const { from, to, ttlSeconds } = name;
  const line = (address: string) => `${name.name}  ${ttlSeconds}  ${name.type}  ${address}`;
  if (from.length === 1 && from[0] === to) return [{ sign: ' ', text: line(to), note: whoseNote(pool, to) }];
  const before = from.map((address) => ({ sign: '-' as const, text: line(address), note: whoseNote(pool, address) }));
  if (to === null) return [...before, { sign: '+', text: `${name.name}  no ${name.type} record` }];
  return [...before, { sign: '+', text: line(to), note: hostnameOf(pool, preview.toMemberId) }];
}

/** Whose address it is; what is nobody's of the pool says so. */
function whoseNote(pool: PoolView, address: string): string {
  const owner = pool.status.members.find((one) => one.address === address || one.address6 === address);
  return owner?.hostname ?? 'no member of this pool';
}

function sessionsCost(pool: PoolView, preview: PromotePreview, sessions: number | null): CostLine {
  const key = 'sessions';
  if (preview.fromMemberId === null)
    return { key, shape: 'not-applicable', text: 'Nobody was active: no session stays behind.' };
  const from = hostnameOf(pool, preview.fromMemberId);
  if (preview.fromMemberId === preview.toMemberId)
    return { key, shape: 'not-applicable', text: `${from} stays active: no session of it ends.` };
  const text = `Open connections stay on ${from} until they end`;
  if (sessions !== null) return { key, shape: 'healthy', text: `${text}:`, value: countText(sessions, 'session') };
  const unknown = pool.preset === 'haproxy' ? '; its HAProxy has not said how many there are.' : '.';
  return { key, shape: 'unknown', text: `${text}${unknown}` };
}

function secondsCost({ names }: PromotePreview, promotions: readonly PromotionView[] | undefined): CostLine {
  const key = 'seconds';
  const ttl = Math.max(0, ...names.map(({ ttlSeconds }) => ttlSeconds));
  const measured = measuredMoves(promotions ?? []);
  const median = medianOf(measured);
  if (median === null)
    return {
      key,
      shape: 'unknown',
      text: 'New clients move once every name server answers, plus',
      value: `${numberText(ttl)} s`,
      after: ' of TTL. No promotion of this pool was measured yet.',
    };
  return {
    key,
    shape: 'not-applicable',
    text: 'New clients move within about',
    value: `${measuredText(median)}, plus ${numberText(ttl)} s`,
    after: ` of TTL (median of the last ${measured.length === 1 ? 'promotion' : numberText(measured.length)}).`,
  };
}

/** From the decision until every name server answered, of those promotions of which that was measured. Milliseconds. */
export function measuredMoves(promotions: readonly PromotionView[]): readonly number[] {
  return promotions.flatMap(({ steps }) => {
    const decided = steps.find(({ step }) => step === 'decided');
    const answered = steps.findLast(({ step }) => step === 'all-answered');
    return decided === undefined || answered === undefined ? [] : [Math.max(0, answered.afterMs - decided.afterMs)];
  });
}

/** The middle one, or the mean of the middle two; null of none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function afterwardsCost(pool: PoolView, { toMemberId }: PromotePreview): CostLine {
  const key = 'afterwards';
  const active = activeOf(pool);
  const others = pool.status.members.filter(({ id }) => id !== toMemberId && id !== active?.id);
  const ready = others.filter((one) => one.ready);
  const isActiveWell = active !== null && active.id !== toMemberId && active.health === 'healthy';
  const back = isActiveWell ? `${active.hostname}, once it counts as a ready standby` : null;
  if (ready.length > 0) {
    const also = back === null ? '' : `; also ${back}`;
    return {
      key,
      shape: 'healthy',
      text: `Afterwards ${listText(ready)} ${ready.length === 1 ? 'stands' : 'stand'} by${also}.`,
    };
  }
  if (back !== null) return { key, shape: 'needs-you', text: `Afterwards only ${back}, stands by.` };
  return { key, shape: 'needs-you', text: 'Afterwards nobody is ready to take over.' };
}

const mostNamed = 3;

function listText(members: readonly MemberStatus[]): string {
  const named = members.slice(0, mostNamed).map(({ hostname }) => hostname);
  const more = members.length - named.length;
  const last = more > 0 ? `${numberText(more)} more` : named.pop();
  return named.length === 0 ? String(last) : `${named.join(', ')} and ${last}`;
}

/** What of the pool a preview is made from: when it is another, the preview is asked for again. Ages are no part of it. */
export function fingerprintOf({ epoch, activeMemberId, held, paused, maintenance, status }: PoolView): string {
  const members = status.members.map(({ id, hostname, health, ready, place, address, address6 }) => [
    ...[id, hostname, health, ready, place, address, address6],
  ]);
  const names = status.bindings.map(({ id, state, ttlSeconds, desiredAddress }) => [
    id,
    state,
    ttlSeconds,
    desiredAddress,
  ]);
  return JSON.stringify([epoch, activeMemberId, held, paused?.since, maintenance?.until, members, names]);
}

/** Texts of the lines that may not change unseen; sessions count by themselves. */
export function linesOf({ changes, costs }: Move): readonly string[] {
  const counted = costs.filter(({ key }) => key !== 'sessions' && key !== 'seconds');
  return [
    ...changes.map(({ sign, text, note }) => `${sign}${text} ${note}`),
    ...counted.map(({ key, shape, text }) => `${key} ${shape} ${withoutAges(text)}`),
  ];
}

/** "healthy for 12 s" is not another line than "healthy for 14 s". */
const withoutAges = (text: string): string => text.replaceAll(/\d+(\.\d+)? (ms|s|min|h|d)\b/g, '…');

/** The same with those lines marked that are in `fresh`. */
export function marked({ changes, costs }: Move, fresh: ReadonlySet<string>): Move {
  return {
    changes: changes.map((line) => ({ ...line, isNew: fresh.has(`${line.sign}${line.text} ${line.note}`) })),
    costs: costs.map((line) => ({ ...line, isNew: fresh.has(`${line.key} ${line.shape} ${withoutAges(line.text)}`) })),
  };
}
