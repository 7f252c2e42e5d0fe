import type { PoolView } from '@serverctl/contract';
import { bindingTable } from './binding.ts';
import { heldBackBy } from './held-back.ts';
import { memberTable } from './member.ts';
import { clean, facts, table } from './table.ts';
import { localTime, maintenanceText, stateTone, tinted } from './words.ts';

/** One line a pool; a second managed name is counted only, and a name with both types once. */
export function poolTable(pools: readonly PoolView[], colour: boolean, { wide = false } = {}): string {
  const rows = pools.map((pool) => [
    pool.name,
    tinted(pool.status.state, stateTone(pool.status.state), colour),
    pool.automaticFailover ? 'on' : 'off',
    activeName(pool),
    ...(wide ? [String(pool.epoch), pool.id] : []),
    namesText(pool, wide),
  ]);
  const head = ['pool', 'state', 'failover', 'active', ...(wide ? ['epoch', 'id'] : []), 'name'];
  return table(head, rows, [], { wide, last: 34, whole: ['state', 'failover'] });
}

function namesText({ status }: PoolView, wide: boolean): string {
  const [first, ...others] = new Set(status.bindings.map(({ name }) => name));
  if (first === undefined) return 'none yet';
  if (wide) return [first, ...others].join(', ');
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** One pool: what it is, what was decided and why, its names and members. */
export function poolDetail(pool: PoolView, colour: boolean): string {
  const { status } = pool;
  const [named, ...settled] = settledFacts(pool);
  const head = facts([
    named,
    ['state', `${tinted(status.state, stateTone(status.state), colour)}: ${clean(status.sentence)}`],
    ...settled,
    ...quarantinedActive(pool),
  ]);
  const members = status.members.length === 0 ? 'No member yet.' : memberTable(status.members, colour);
  return [head, nameTable(pool, colour), members].join('\n\n');
}

/**
 * What an act on a pool leaves on the screen: what was done, and what is stored since. How the pool is judged is not shown, since the reply
 * carries the judgement from before the act, and a person would repeat it.
 */
export function poolDone(done: string, pool: PoolView): string {
  return `${done}\n\n${facts(settledFacts(pool))}\n\nHow it is judged now: serverctl pool show ${pool.name}`;
}

type Fact = readonly [name: string, value: string];

/** Settings and what persons decided: true from the moment it is stored, whatever was judged last. */
function settledFacts(pool: PoolView): readonly [Fact, ...Fact[]] {
  const { status } = pool;
  return [
    ['pool', `${pool.name} (${pool.id}), ${pool.preset}`],
    ['active', activeName(pool)],
    [
      'failover',
      `${pool.automaticFailover ? 'on' : 'off'}, delay ${pool.failoverDelaySeconds} s, HAProxy grace ${pool.haproxyGraceSeconds} s`,
    ],
    ['failback', failbackText(pool.failback)],
    ...ipv6Fact(pool),
    ['dynamic DNS', pool.dynamicDns ? 'on: records follow the active member’s public address' : 'off'],
    ...clientsFact(pool),
    ...(status.setupMissing.length === 0 ? [] : [['missing', status.setupMissing.join(', ')] as const]),
    ...(pool.paused === null ? [] : [['paused', pausedText(pool.name, pool.paused)] as const]),
    ...(pool.maintenance === null ? [] : [['maintenance', maintenanceText(pool.maintenance)] as const]),
    ...(pool.held ? [['held', `acknowledge: serverctl pool ack ${pool.name} --reason …`] as const] : []),
  ];
}

/** Said where it matters: a name has an AAAA, or a person required one. */
function ipv6Fact({ ipv6, status }: PoolView): readonly Fact[] {
  if (ipv6 === 'require') return [['IPv6', 'require: beside an A, only a member with an IPv6 address takes over']];
  if (!status.bindings.some(({ type }) => type === 'AAAA')) return [];
  return [['IPv6', 'drop: the AAAA beside an A goes with a member that has no IPv6 address']];
}

/** How long clients wait is promised only where the pool would move by itself; before the first publish nobody waits. */
function clientsFact(pool: PoolView): readonly Fact[] {
  const { clientsBackSeconds, members } = pool.status;
  if (!members.some(({ id }) => id === pool.activeMemberId)) return [];
  const [cause] = heldBackBy(pool);
  const back = `back after about ${clientsBackSeconds} s when the active member is lost`;
  return [['clients', cause === undefined ? back : `not by itself: ${cause}`]];
}

/** The records stay with an active member whose key two hosts use, so the state may be calm: it is said beside it (R35). */
function quarantinedActive({ name, activeMemberId, status }: PoolView): readonly Fact[] {
  const active = status.members.find(({ id }) => id === activeMemberId);
  if (active === undefined || active.quarantined === null) return [];
  const text = `the active member: two hosts use its key; find the second one, then serverctl member clear-quarantine ${name} ${active.hostname} --reason …`;
  return [['quarantined', text]];
}

function nameTable(pool: PoolView, colour: boolean): string {
  const { bindings } = pool.status;
  return bindings.length === 0 ? 'No managed name yet.' : bindingTable(bindings, colour);
}

function failbackText({ policy, afterMinutes, window }: PoolView['failback']): string {
  const when = `after ${afterMinutes} min of unbroken health${window === null ? '' : `, ${window.from}-${window.to} UTC`}`;
  return policy === 'automatic' ? `automatic, ${when}` : `${policy} (if automatic: ${when})`;
}

/** How to go on; the state says why it is paused. Where two sides claim the record, a person says which is right (R21, R25). */
function pausedText(name: string, { because, since }: NonNullable<PoolView['paused']>): string {
  const choice = because === 'person' ? '' : ', with --adopt or --keep';
  return `since ${localTime(since)}; go on: serverctl pool resume ${name} --reason …${choice}`;
}

function activeName(pool: PoolView): string {
  return pool.status.members.find(({ id }) => id === pool.activeMemberId)?.hostname ?? 'nobody yet';
}
