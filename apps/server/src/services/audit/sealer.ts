import { type Instant, secondMs } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import type { Listen } from '../../db/listener.ts';
import {
  insertSeals,
  lockSealing,
  type NewSeal,
  readSequencePoint,
  readUnsealed,
  type SequencePoint,
  type UnsealedEntry,
} from '../../db/repositories/audit-seals.ts';
import type { Database } from '../../db/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Notice, Notifier, WorkerLog } from '../../worker/ports.ts';
import { createWake } from '../../worker/wake.ts';
import { writeBrokenChain } from './broken-chain.ts';
import type { Chain } from './chain.ts';
import { checkHead, type Head, type HeadFault } from './head-check.ts';
import { createSealedFloor } from './sealed-floor.ts';

/*
 * Chains the committed entries of the audit log that have no seal yet (R41). Never part of a change's own transaction, so no change and no
 * failover waits for the chain: it holds no lock that a writer of the log would meet.
 *
 *   asleep ──NOTIFY audit, or a second──→ a turn ──less than a batch was left──→ asleep
 *
 * A turn is one transaction: take the lock that makes it the only one, or leave it to who has it; look at the head; seal a batch. An entry
 * that is committed late, with a smaller number, is sealed later: position is an order of its own. A head that does not hold is told, and
 * the chain goes on behind it, since what comes now must be protected too; only a key that fits nothing at all seals nothing.
 */

export interface SealerPorts {
  readonly db: Kysely<Database>;
  readonly listen: Listen;
  readonly clock: Clock;
  readonly chain: Chain;
  readonly notifier: Notifier;
  readonly log: Pick<WorkerLog, 'warn' | 'error' | 'info'>;
}

export interface Sealer {
  /** Seals until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** At least so often it looks by itself: a notice may have been lost. */
const lookEveryMs = secondMs;
/** Entries that come one by one are sealed together: a turn costs the same for one as for many. */
const gatherMs = 200;
/** Its HMACs take a few milliseconds: the process also hears heartbeats. */
const batchSize = 200;

interface Turn {
  readonly sealed: number;
  readonly head: Head;
  readonly fault: HeadFault | null;
  /** What was written of the fault, if it was not told before. */
  readonly notice: Notice | null;
  /** Everything that was committed at this point is sealed. */
  readonly upTo: { readonly point: SequencePoint; readonly at: Instant } | null;
}

export function createSealer({ db, listen, clock, chain, notifier, log }: SealerPorts): Sealer {
  const floor = createSealedFloor();
  let known: Head | null = null;
  /** The fault that was told last, by this process or another. */
  let told: string | null = null;
  let isFailing = false;

  return {
    async run(signal) {
      const wake = createWake(clock);
      const forget = listen('audit', () => wake.ring());
      while (!signal.aborted) {
        if ((await tryTurn()) === batchSize) continue;
        await clock.sleep(gatherMs, signal);
        await wake.sleep(lookEveryMs - gatherMs, signal);
      }
      forget();
    },
  };

  /** How many it sealed. */
  async function tryTurn(): Promise<number> {
    try {
      const done = await db.transaction().execute(turn);
      if (isFailing) log.info({}, 'the audit log is sealed again');
      isFailing = false;
      if (done !== null) remember(done);
      return done?.sealed ?? 0;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'the audit log could not be sealed; tried again each second');
      isFailing = true;
      return 0;
    }
  }

  /** Null while another one seals. */
  async function turn(trx: Transaction<Database>): Promise<Turn | null> {
    if (!(await lockSealing(trx))) return null;
    const point = await readSequencePoint(trx);
    const { head, fault } = await checkHead(trx, chain, known);
    const isNews = fault !== null && told !== faultName(head, fault);
    const notice = isNews ? await writeBrokenChain(trx, { head, fault }) : null;
    if (fault === 'wrong-key') return { sealed: 0, head, fault, notice, upTo: null };
    const at = clock.now();
    const entries = await readUnsealed(trx, floor.at(at), batchSize);
    const seals = sealsOf(chain, head, entries);
    if (seals.length > 0) await insertSeals(trx, seals);
    const upTo = seals.length < batchSize ? { point, at } : null;
    return { sealed: seals.length, head: seals.at(-1) ?? head, fault, notice, upTo };
  }

  /** Only what was committed. A head that was sealed over is not the head any more. */
  function remember({ sealed, head, fault, notice, upTo }: Turn): void {
    known = head;
    told = sealed > 0 || fault === null ? null : faultName(head, fault);
    if (upTo !== null) floor.rise(upTo.point, upTo.at);
    if (notice === null) return;
    log.error(notice.details, notice.sentence);
    notifier.notify(notice);
  }
}

function faultName(head: Head, fault: HeadFault): string {
  return `${fault} ${head.position}`;
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
