import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type OpenDatabase, openDatabase } from '../../apps/server/src/db/connection.ts';
import { type Embedded, startEmbedded } from '../../apps/server/src/db/embedded.ts';
import { migrateToLatest } from '../../apps/server/src/db/migrate.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';

/** The product's embedded PostgreSQL with its own settings, fsync included: an empty, migrated database for each part of the run. */
export interface Databases {
  open(): Promise<OpenedDatabase>;
  close(): Promise<void>;
}

export interface OpenedDatabase extends OpenDatabase {
  /** Ends the connections and the engine, and removes its files. */
  end(): Promise<void>;
}

const log = { debug() {}, info() {}, warn() {}, error() {} };
const unsafe = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const place = '/tmp'; // not $TMPDIR: an unprivileged engine must be able to pass through

/** Makes the tables once; each `open` copies them. */
export async function createDatabases(): Promise<Databases> {
  const root = await mkdtemp(join(place, 'sct-bench-'));
  await chmod(root, 0o711);
  process.once('exit', () => rmSync(root, { recursive: true, force: true })); // however the run ends
  const template = join(root, 'template');
  const engine = await start(template, unsafe); // it is only a copy's source, and comes once
  const database = openDatabase({ connection: engine.connection, clock: systemClock, log });
  await migrateToLatest(database.kysely, { clock: systemClock, log });
  await database.close();
  await engine.stop();
  let copies = 0;
  const open = new Set<OpenedDatabase>();

  return {
    async open() {
      copies += 1;
      const directory = join(root, `d${copies}`);
      await promisify(execFile)('cp', ['-a', template, directory]); // keeps the owners, which Node's own does not
      const embedded = await start(directory);
      const opened: OpenedDatabase = {
        ...openDatabase({ connection: embedded.connection, clock: systemClock, log }),
        async end() {
          if (!open.delete(opened)) return;
          await opened.close();
          await embedded.stop();
          await rm(directory, { recursive: true, force: true });
        },
      };
      open.add(opened);
      return opened;
    },
    async close() {
      for (const one of open) await one.end();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function start(dataDir: string, settings: Readonly<Record<string, string>> = {}): Promise<Embedded> {
  return startEmbedded({ dataDir, clock: systemClock, log, settings });
}
