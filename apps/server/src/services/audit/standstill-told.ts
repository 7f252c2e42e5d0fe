import { secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { type EventInput, writeEvent } from '../../db/repositories/events.ts';
import { dropSetting, keepSetting } from '../../db/repositories/settings.ts';
import type { Database } from '../../db/schema.ts';
import type { Notifier } from '../../worker/ports.ts';
import { inTransaction } from '../transaction.ts';
import { standstillAfterMs } from './standstill.ts';

/** What is stored while nothing is sealed: one row, so that of many processes one tells it, and its end is told after a restart too. */
const unsealedKey = 'audit_unsealed';

const seconds = standstillAfterMs / secondMs;
export const unsealed = {
  kind: 'audit.unsealed',
  severity: 'critical',
  sentence: `For ${seconds} s nothing was sealed in the audit log though entries wait for it: another session holds the sealers’ lock, or their table cannot be written. Until that ends, entries can be changed or removed unseen.`,
} as const satisfies EventInput;
const sealedAgain = {
  kind: 'audit.sealed',
  severity: 'info',
  sentence: 'The audit log is sealed again.',
} as const satisfies EventInput;

export interface StandstillTold {
  /** Tells it, unless another process did. Never rejects. */
  stands(): Promise<void>;
  /** Tells that it is over, if it was told. False when that could not be known: it is to be asked again. Never rejects. */
  moves(): Promise<boolean>;
}

/** Tells people of a standstill; past a database that refuses to keep it, by the notifier. */
export function createStandstillTold(db: Kysely<Database>, notifier: Notifier): StandstillTold {
  let isToldPastIt = false;

  const notify = (event: typeof unsealed | typeof sealedAgain) =>
    notifier.notify({ ...event, poolId: null, memberId: null, details: {} });

  return {
    async stands() {
      try {
        await inTransaction(db, async (trx) => {
          if (await keepSetting(trx, unsealedKey, true, { replace: false })) await writeEvent(trx, unsealed);
        });
      } catch {
        isToldPastIt = true;
        notify(unsealed);
      }
    },
    async moves() {
      if (isToldPastIt) notify(sealedAgain);
      const isTold = isToldPastIt;
      isToldPastIt = false;
      return inTransaction(db, async (trx) => {
        if ((await dropSetting(trx, unsealedKey)) && !isTold) await writeEvent(trx, sealedAgain);
      }).then(
        () => true,
        () => false,
      );
    },
  };
}
