import { join } from 'node:path';
import { dnsSnapshotFile } from '@serverctl/contract';
import { minuteMs, secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { Listen } from '../../db/listener.ts';
import { readRecordRows } from '../../db/repositories/dns-snapshot.ts';
import type { Database } from '../../db/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import { replaceFile } from '../../tls/ca-files.ts';
import type { WorkerLog } from '../../worker/ports.ts';
import { createWake } from '../../worker/wake.ts';
import { type SnapshotOrigin, snapshotText } from './snapshot-file-content.ts';

/*
 * DATA_DIR/dns-snapshot.json, 0600: the records for whoever must move one while we are down (docs/runbooks/move-a-record-by-hand.md).
 *
 *   write ──→ rest (a second, in which changes gather) ──NOTIFY pool_change, or five minutes──→ write …  ──stopped──→ write once more
 *
 * Beside everything else: nobody waits for it, it holds no lock, and what goes wrong here is a line in the log, once until it works again.
 */

export interface SnapshotFilePorts extends Omit<SnapshotOrigin, 'at'> {
  readonly db: Kysely<Database>;
  readonly listen: Listen;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly log: Pick<WorkerLog, 'warn' | 'info'>;
}

export interface SnapshotFile {
  /** Keeps the file until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** A failover in many pools is one write a second, not one a name. */
const restMs = secondMs;
/** Without a change: so that the file's age tells how long nobody has written it. Also the next try after a failed write. */
const rewriteMs = 5 * minuteMs;

export function createSnapshotFile({ db, listen, clock, dataDir, log, ...origin }: SnapshotFilePorts): SnapshotFile {
  const path = join(dataDir, dnsSnapshotFile);
  let isFailing = false;

  return {
    async run(signal) {
      const wake = createWake(clock);
      const forget = listen('pool_change', () => wake.ring());
      while (!signal.aborted) {
        await tryWrite();
        await clock.sleep(restMs, signal);
        await wake.sleep(rewriteMs - restMs, signal);
      }
      forget();
      // What changed in the last second before a stop is what somebody may look for during it.
      await tryWrite();
    },
  };

  async function tryWrite(): Promise<void> {
    try {
      const rows = await readRecordRows(db);
      const text = await snapshotText(rows, { ...origin, at: clock.wallTime() }, () => clock.sleep(0));
      await replaceFile(path, { text, mode: 0o600 });
      if (isFailing) log.info({ path }, 'the copy of the records for emergencies is written again');
      isFailing = false;
    } catch (error) {
      if (!isFailing)
        log.warn({ err: error, path }, 'the copy of the records for emergencies could not be written; tried again');
      isFailing = true;
    }
  }
}
