import { secondMs } from '@serverctl/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Listen } from '../../db/listener.ts';
import type { Database } from '../../db/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Notifier, WorkerLog } from '../../worker/ports.ts';
import { createWake } from '../../worker/wake.ts';
import { brokenChain, writeBrokenChain } from './broken-chain.ts';
import type { Chain } from './chain.ts';
import type { CheckedHead, HeadFault, Seen } from './head-check.ts';
import { createSealedFloor } from './sealed-floor.ts';
import { batchSize, type Turn, type TurnPorts, takeTurn } from './sealing-turn.ts';
import { createStandstill } from './standstill.ts';
import { createStandstillTold, unsealed } from './standstill-told.ts';

/*
 * Chains the committed entries of the audit log that have no seal yet (R41). Never part of a change's own transaction, so no change and no
 * failover waits for the chain: it holds no lock that a writer of the log would meet.
 *
 *   asleep ──NOTIFY audit, or a second──→ a turn ──less than a batch was left──→ asleep
 *
 * A turn is one transaction: take the lock that makes it the only one, or watch who has it; look at the head; seal a batch. An entry that is
 * committed late, with a smaller number, is sealed later: position is an order of its own. A head that does not hold is told, and the chain
 * goes on behind it, since what comes now must be protected too; only a key that never fitted anything seals nothing. What is found is said
 * in the server's log whatever the database says of it: the event log can be written by whom this is about.
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

export function createSealer({ db, listen, clock, chain, notifier, log }: SealerPorts): Sealer {
  const floor = createSealedFloor();
  const standstill = createStandstill();
  const told = createStandstillTold(db, notifier);
  const faults = createFaults(log);
  const ports: TurnPorts = { chain, clock, floor, onFault: faults.found };
  let seen: Seen = { known: null, isKeyProven: false };
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
      const turn = await db.transaction().execute((trx) => takeTurn(trx, ports, seen));
      if (isFailing) log.info({}, 'the audit log is sealed again');
      isFailing = false;
      await remember(turn);
      return turn.sealed;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'the audit log could not be sealed; tried again each second');
      isFailing = true;
      // Where the database is away, nothing waits for a seal that could be written: that is told by others.
      if (await answers(db)) await stand();
      else standstill.pauses(clock.now());
      return 0;
    }
  }

  /** Only what was committed. What is found without the lock stays to be found, and written, by whoever has it. */
  async function remember(turn: Turn): Promise<void> {
    const { head, fault, isOurs, sealed, at } = turn;
    if (isOurs || fault === null) {
      const fits = head.position > 0 && fault !== 'wrong-key';
      seen = { known: head, isKeyProven: seen.isKeyProven || fits };
      faults.keep(sealed > 0 ? null : fault, head.position);
    }
    if (turn.upTo !== null) floor.rise(turn.upTo, at);
    if (turn.sweptTo !== null) floor.swept(turn.sweptTo, at);
    if (turn.stands) await stand();
    else if (isOurs && fault === 'wrong-key') standstill.pauses(at);
    else if (standstill.moves(at) && !(await told.moves())) standstill.endIsUntold();
  }

  async function stand(): Promise<void> {
    if (!standstill.stands(clock.now())) return;
    log.error({}, unsealed.sentence);
    await told.stands();
  }
}

/** Which fault of the head was said in the server's log, and which one is in the event log: each once, as long as it is the same. */
function createFaults(log: SealerPorts['log']) {
  let logged: string | null = null;
  let written: string | null = null;

  return {
    async found({ head, fault }: CheckedHead, trx: Transaction<Database>, isOurs: boolean): Promise<void> {
      if (fault === null) return;
      const name = nameOf(fault, head.position);
      const broken = brokenChain(head, fault);
      if (logged !== name) log.error(broken.details, broken.sentence);
      logged = name;
      if (isOurs && written !== name) await writeBrokenChain(trx, broken);
    },
    /** A head that was sealed over is not the head any more: null. */
    keep(fault: HeadFault | null, position: number): void {
      written = fault === null ? null : nameOf(fault, position);
      logged = written;
    },
  };
}

/** The chain of a key that is another's goes on: it is the same fault at each position. */
function nameOf(fault: HeadFault, position: number): string {
  return fault === 'wrong-key' ? fault : `${fault} ${position}`;
}

/** Whether the database is there, whatever it was that failed. */
function answers(db: Kysely<Database>): Promise<boolean> {
  return sql`SELECT 1`.execute(db).then(
    () => true,
    () => false,
  );
}
