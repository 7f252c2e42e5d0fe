import type { PoolView } from '@serverctl/contract';
import { memberTable } from './member.ts';
import { clean, facts, table } from './table.ts';
import { stateTone, tinted } from './words.ts';

/** One line a pool. */
export function poolTable(pools: readonly PoolView[], colour: boolean): string {
  const rows = pools.map((pool) => [
    pool.name,
    tinted(pool.status.state, stateTone(pool.status.state), colour),
    pool.status.bindings.map(({ name }) => name).join(', ') || 'no name yet',
    activeName(pool),
    pool.automaticFailover ? 'on' : 'off',
    String(pool.epoch),
  ]);
  return table(['pool', 'state', 'names', 'active', 'failover', 'epoch'], rows);
}

/** One pool: what it is, what was decided and why, its names and members. */
export function poolDetail(pool: PoolView, colour: boolean): string {
  const { status } = pool;
  const head = facts([
    ['pool', `${pool.name} (${pool.id}), ${pool.preset}`],
    ['state', `${tinted(status.state, stateTone(status.state), colour)}: ${clean(status.sentence)}`],
    ['active', activeName(pool)],
    [
      'failover',
      `${pool.automaticFailover ? 'on' : 'off'}, delay ${pool.failoverDelaySeconds} s, HAProxy grace ${pool.haproxyGraceSeconds} s`,
    ],
    ['failback', failbackText(pool.failback)],
    ['clients', `back after about ${status.clientsBackSeconds} s when the active member is lost`],
    ...(status.setupMissing.length === 0 ? [] : [['missing', status.setupMissing.join(', ')] as const]),
    ...(pool.held ? [['held', `acknowledge: serverctl pool ack ${pool.name} --reason …`] as const] : []),
  ]);
  const members = status.members.length === 0 ? 'No member yet.' : memberTable(status.members, colour);
  return [head, nameTable(pool, colour), members].join('\n\n');
}

function nameTable(pool: PoolView, colour: boolean): string {
  const { bindings } = pool.status;
  if (bindings.length === 0) return 'No managed name yet.';
  const rows = bindings.map((binding) => [
    binding.name,
    binding.desiredAddress ?? '-',
    binding.published
      .map((answer) => `${answer.server}: ${answer.error ?? (answer.addresses.join(', ') || 'nothing')}`)
      .join('; ') || '-',
    tinted(binding.state, binding.state === 'published' ? 'good' : 'careful', colour),
    `${binding.ttlSeconds} s`,
  ]);
  const errors = bindings.map(({ error }) =>
    error === null ? [] : [`${clean(error.message)} ${clean(error.remedy)}`],
  );
  return table(['name', 'shall answer', 'servers answer', 'state', 'TTL'], rows, errors);
}

function failbackText({ policy, afterMinutes, window }: PoolView['failback']): string {
  const when = `after ${afterMinutes} min of unbroken health${window === null ? '' : `, ${window.from}-${window.to} UTC`}`;
  return policy === 'automatic' ? `automatic, ${when}` : `${policy} (if automatic: ${when})`;
}

function activeName(pool: PoolView): string {
  return pool.status.members.find(({ id }) => id === pool.activeMemberId)?.hostname ?? 'nobody yet';
}
