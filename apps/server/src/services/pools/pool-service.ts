import { isDeepStrictEqual } from 'node:util';
import type { AckInput, PoolInput, PoolPatch, PoolView } from '@serverctl/contract';
import { checkPoolSettings, defaultPoolSettings, type PoolId, type PoolSettings, secondMs } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { listMembers } from '../../db/repositories/members.ts';
import { findPoolId, insertPool, poolOf, updatePool } from '../../db/repositories/pools.ts';
import { newId } from '../../platform/random.ts';
import { byWhom } from '../by-whom.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { failbackOf } from '../views/pool-view.ts';
import { changePool } from './change-pool.ts';
import { getPoolView } from './pool-views.ts';
import { refuseSurprisingMove } from './surprising-move.ts';

type Input = z.output<typeof PoolInput>;
type Patch = z.output<typeof PoolPatch>;

/** Which pool an id or a name means; null = none. */
export function findPool({ db }: Pick<ServiceDeps, 'db'>, ref: string): Promise<PoolId | null> {
  return findPoolId(db, ref);
}

export async function addPool(deps: ServiceDeps, caller: Caller, input: Input): Promise<PoolView> {
  const settings = mergedSettings({ ...defaultPoolSettings, name: input.name }, input);
  const id = newId(deps.random);
  await inTransaction(deps.db, async (trx) => {
    const row = await insertPool(trx, { id, ...columnsOf(settings) });
    await writeAudit(trx, { ...caller, action: 'pool.create', target: id, poolId: id, details: { settings } });
    await writeEvent(trx, {
      kind: 'pool.added',
      severity: 'info',
      poolId: id,
      sentence: `Pool ${row.name} was added.`,
    });
  });
  return getPoolView(deps, id);
}

/** Changes what the patch names; one that changes nothing leaves no trace. A change alone never promotes; switching automatic failover on may, and then asks (`confirmMove`), and holds who said yes to whom they were shown (`expectNext`). Dynamic DNS may as well, to an address of the same member: that is what it is switched on for. */
export function setPool(deps: ServiceDeps, caller: Caller, ref: string, patch: Patch): Promise<PoolView> {
  return changePool(deps, ref, async (trx, row) => {
    const before = poolOf(row);
    const settings = mergedSettings(before, patch);
    const switchesOn = settings.automaticFailover && !before.automaticFailover;
    if (switchesOn) await refuseSurprisingMove(trx, { ...before, ...settings }, patch);
    if (isDeepStrictEqual(settings, settingsIn(before))) return;
    const isAlone = (await listMembers(trx, row.id)).length < 2;
    await updatePool(trx, row.id, columnsOf(settings));
    await writeAudit(trx, {
      ...caller,
      action: 'pool.update',
      target: row.id,
      poolId: row.id,
      details: { before: settingsIn(before), after: settings },
    });
    await writeEvent(trx, {
      kind: 'pool.changed',
      severity: 'info',
      poolId: row.id,
      sentence: changeSentence(before, settings, isAlone),
    });
  });
}

/** Ends `held` and refills R11's bucket: only promotions after the present epoch count against it, whatever a clock does. */
export function acknowledgePool(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  { reason }: AckInput,
): Promise<PoolView> {
  return changePool(deps, ref, async (trx, row) => {
    await updatePool(trx, row.id, {
      held_at: null,
      acknowledged_epoch: row.epoch,
    });
    await writeAudit(trx, {
      ...caller,
      action: 'pool.acknowledge',
      target: row.id,
      poolId: row.id,
      reason,
      details: { wasHeld: row.held_at !== null, epoch: row.epoch },
    });
    const sentence = `${row.name} was acknowledged by ${byWhom(caller)}: automatic promotions are counted from now on.`;
    await writeEvent(trx, {
      kind: 'pool.acknowledged',
      severity: 'info',
      poolId: row.id,
      sentence,
      details: { reason },
    });
  });
}

function mergedSettings(base: PoolSettings, change: Omit<Patch, 'confirmMove' | 'expectNext'>): PoolSettings {
  const settings: PoolSettings = {
    name: change.name ?? base.name,
    preset: change.preset ?? base.preset,
    failoverDelayMs: msOf(change.failoverDelaySeconds) ?? base.failoverDelayMs,
    haproxyGraceMs: msOf(change.haproxyGraceSeconds) ?? base.haproxyGraceMs,
    automaticFailover: change.automaticFailover ?? base.automaticFailover,
    failback: change.failback === undefined ? base.failback : failbackOf(base.failback, change.failback),
    ipv6: change.ipv6 ?? base.ipv6,
    dynamicDns: change.dynamicDns ?? base.dynamicDns,
  };
  const problem = checkPoolSettings(settings);
  if (problem !== null) throw problem;
  return settings;
}

function msOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * secondMs);
}

function settingsIn({
  name,
  preset,
  failoverDelayMs,
  haproxyGraceMs,
  automaticFailover,
  failback,
  ipv6,
  dynamicDns,
}: PoolSettings): PoolSettings {
  return { name, preset, failoverDelayMs, haproxyGraceMs, automaticFailover, failback, ipv6, dynamicDns };
}

function columnsOf(settings: PoolSettings) {
  return {
    name: settings.name,
    preset: settings.preset,
    failover_delay_ms: settings.failoverDelayMs,
    haproxy_grace_ms: settings.haproxyGraceMs,
    automatic_failover: settings.automaticFailover,
    failback: JSON.stringify(settings.failback),
    ipv6: settings.ipv6,
    dynamic_dns: settings.dynamicDns,
  };
}

function changeSentence(before: PoolSettings, after: PoolSettings, isAlone: boolean): string {
  if (before.automaticFailover !== after.automaticFailover) {
    const caution = after.automaticFailover && isAlone ? '; it needs a second member to move to' : '';
    return `Automatic failover of ${after.name} was switched ${after.automaticFailover ? 'on' : 'off'}${caution}.`;
  }
  if (before.dynamicDns !== after.dynamicDns)
    return `Dynamic DNS of ${after.name} was switched ${after.dynamicDns ? 'on' : 'off'}.`;
  if (before.ipv6 !== after.ipv6) {
    const what = after.ipv6 === 'drop' ? 'its AAAA records go with it' : 'it is no candidate';
    return `A member of ${after.name} without an IPv6 address: ${what}, where the names have AAAA beside A.`;
  }
  return `The settings of ${after.name} were changed.`;
}
