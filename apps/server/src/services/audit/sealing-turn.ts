import type { Instant } from '@serverctl/core';
import type { Transaction } from 'kysely';
import {
  endOfRange,
  insertSeals,
  lastEntry,
  lockSealing,
  type NewSeal,
  readSequencePoint,
  readUnsealed,
  type SequencePoint,
  type UnsealedEntry,
} from '../../db/repositories/audit-seals.ts';
import type { Database } from '../../db/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Chain } from './chain.ts';
import { type CheckedHead, checkHead, type Head, type Seen } from './head-check.ts';
import type { SealedFloor } from './sealed-floor.ts';

/*
 * One turn of the sealer, in one transaction. What was sealed counts, in memory too, when it is committed.
 *
 *   lock      head               does
 *   ours      holds, or broken   seals a batch: of what is above the floor, and, where that leaves room, of the sweep's next range
 *   ours      wrong key          nothing
 *   others'   any                looks at the head all the same, and whether something waits: a lock may be held by somebody who does not seal
 */

export interface TurnPorts {
  readonly chain: Chain;
  readonly clock: Clock;
  readonly floor: Pick<SealedFloor, 'at' | 'sweepsBehind'>;
  /** Called as soon as the head is found broken; to be written as an event where the lock is ours. */
  onFault(checked: CheckedHead, trx: Transaction<Database>, isOurs: boolean): Promise<void>;
}

export interface Turn extends CheckedHead {
  readonly isOurs: boolean;
  readonly sealed: number;
  /** Something waits, and nothing was sealed. */
  readonly stands: boolean;
  /** Everything above the floor that was committed at this point is sealed. */
  readonly upTo: SequencePoint | null;
  /** The sweep's range is sealed up to here. */
  readonly sweptTo: number | null;
  readonly at: Instant;
}

/** Its HMACs take a few milliseconds: the process also hears heartbeats. */
export const batchSize = 200;
/** Of so many entries the ones without a seal are found in some tens of milliseconds. */
const sweepSize = 20_000;

export async function takeTurn(trx: Transaction<Database>, ports: TurnPorts, seen: Seen): Promise<Turn> {
  const isOurs = await lockSealing(trx);
  const checked = await checkHead(trx, ports, seen);
  if (checked.fault !== null) await ports.onFault(checked, trx, isOurs);
  const idle = { ...checked, isOurs, sealed: 0, upTo: null, sweptTo: null, at: ports.clock.now() };
  if (!isOurs) return { ...idle, stands: await waits(trx, ports, checked, seen) };
  return checked.fault === 'wrong-key' ? { ...idle, stands: false } : seal(trx, ports, idle);
}

/** While another one seals: whether something waits for it, and its head did not move on. */
async function waits(
  trx: Transaction<Database>,
  { floor }: TurnPorts,
  { head, fault }: CheckedHead,
  { known }: Seen,
): Promise<boolean> {
  if (fault === null && known !== null && head.position > known.position) return false;
  const above = floor.at(await lastEntry(trx));
  const waiting = await readUnsealed(trx, { above, upTo: null }, 1);
  return waiting.length > 0;
}

async function seal(trx: Transaction<Database>, ports: TurnPorts, idle: Omit<Turn, 'stands'>): Promise<Turn> {
  const point = await readSequencePoint(trx);
  const above = ports.floor.at(point.lastSeq);
  const newest = await readUnsealed(trx, { above, upTo: null }, batchSize);
  const sweep = await sweepOn(trx, ports, { floor: above, now: idle.at, room: batchSize - newest.length });
  const seals = sealsOf(ports.chain, idle.head, [...sweep.entries, ...newest]);
  if (seals.length > 0) await insertSeals(trx, seals);
  return {
    ...idle,
    stands: false,
    sealed: seals.length,
    head: seals.at(-1) ?? idle.head,
    upTo: newest.length < batchSize ? point : null,
    sweptTo: sweep.to,
  };
}

interface Sweep {
  readonly floor: number;
  readonly now: Instant;
  /** So many more fit into the batch. */
  readonly room: number;
}

/** What the sweep's next range has without a seal; `to` is null where it does not all fit into this turn. */
async function sweepOn(
  trx: Transaction<Database>,
  ports: TurnPorts,
  { floor, now, room }: Sweep,
): Promise<{ readonly entries: readonly UnsealedEntry[]; readonly to: number | null }> {
  const above = ports.floor.sweepsBehind(now);
  if (above === null || room === 0) return { entries: [], to: null };
  const upTo = Math.min((await endOfRange(trx, above, sweepSize)) ?? floor, floor);
  if (upTo <= above) return { entries: [], to: floor };
  const entries = await readUnsealed(trx, { above, upTo }, room);
  return { entries, to: entries.length < room ? upTo : null };
}

function sealsOf(chain: Chain, head: Head, entries: readonly UnsealedEntry[]): readonly NewSeal[] {
  let previous = head;
  return entries.map((entry) => {
    const { seq, at: entryAt, atMicros: entryAtMicros } = entry;
    const position = previous.position + 1;
    const entryMac = chain.entryMac(entry);
    const hash = chain.link(previous.hash, { position, seq, entryAtMicros, entryMac });
    previous = { position, hash };
    return { position, seq, entryAt, entryMac, hash };
  });
}
