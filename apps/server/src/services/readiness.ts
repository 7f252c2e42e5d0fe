import type { ReadyView } from '@serverctl/contract';
import { durationText, isAppError } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { leaseAgeMs } from '../db/lease-row.ts';
import type { Database } from '../db/schema.ts';
import type { Listener } from '../liveness/listener.ts';

export interface ReadinessDeps {
  readonly db: Kysely<Database>;
  readonly listener: Pick<Listener, 'flushHealthy' | 'lastFlushAgeMs'>;
  /** An older renewal means that no failover loop leads. */
  readonly leaseMs: number;
}

type Check = ReadyView['checks'][number];

/**
 * Database, lease, flush: each with one sentence; ready when all are ok. Never rejects. Anybody may ask, so whoever asks while a look is under
 * way gets its answer: a flood takes one connection of the database, and supervisors are refused nothing.
 */
export function createReadiness(deps: ReadinessDeps): () => Promise<ReadyView> {
  let underWay: Promise<ReadyView> | null = null;
  return () => {
    underWay ??= readReadiness(deps).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

async function readReadiness({ db, listener, leaseMs }: ReadinessDeps): Promise<ReadyView> {
  const checks = [...(await databaseChecks(db, leaseMs)), flushCheck(listener)];
  return { ready: checks.every((check) => check.ok), checks };
}

/** One query proves the database and reads the lease's age on its clock (R15). */
async function databaseChecks(db: Kysely<Database>, leaseMs: number): Promise<Check[]> {
  try {
    const ageMs = await leaseAgeMs(db);
    const held = ageMs !== null && ageMs < leaseMs;
    const sentence = ageMs === null ? 'Nobody holds the lease.' : `Renewed ${durationText(ageMs)} ago.`;
    return [
      { name: 'database', ok: true, sentence: 'It answers.' },
      { name: 'lease', ok: held, sentence: held ? sentence : `No failover loop leads. ${sentence}` },
    ];
  } catch (error) {
    const sentence = isAppError(error) ? error.message : 'It refuses a simple question; see the log.';
    return [
      { name: 'database', ok: false, sentence },
      { name: 'lease', ok: false, sentence: 'Unknown without the database.' },
    ];
  }
}

function flushCheck(listener: ReadinessDeps['listener']): Check {
  const ok = listener.flushHealthy();
  const age = `Heartbeats were stored ${durationText(Math.max(0, listener.lastFlushAgeMs()))} ago`;
  return { name: 'flush', ok, sentence: ok ? `${age}.` : `${age}; agents are sent to their next URL.` };
}
