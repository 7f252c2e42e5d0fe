import type { MemberId } from '@serverctl/core';
import type { MemoryHouse } from '../memory-house.ts';
import { type MemoryLeaseRow, memoryLeaseRow } from '../memory-lease-row.ts';
import { type MemoryStore, memoryStore } from '../memory-store.ts';
import { type AgentRow, type AgentTables, agentTables } from './agent-tables.ts';
import { Database } from './database.ts';
import { type LivenessTables, livenessTables } from './liveness-tables.ts';
import { createWallClock, ProcessClock } from './process-clock.ts';
import type { Stream } from './random.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * Everything that the installation keeps, behind one database: the pools' tables (testkit memory-store.ts), the lease, who was heard, the
 * agents' keys. A backup is a copy of pools and keys; putting it back makes new tables in the same place.
 */

export interface Storage {
  readonly database: Database;
  readonly store: MemoryStore;
  readonly house: MemoryHouse;
  readonly lease: MemoryLeaseRow;
  readonly liveness: LivenessTables;
  readonly agents: AgentTables;
  /** Its clock as ages are reckoned by. */
  nowMs(): number;
  /** A person or NTP sets the clock of its machine. */
  jumpWallTime(ms: number): void;
  backUp(): Backup;
  /** Puts a backup back; nobody may be connected. */
  restore(backup: Backup): void;
}

export interface Backup {
  readonly house: MemoryHouse;
  readonly agents: ReadonlyMap<MemberId, AgentRow>;
}

export interface StorageParts {
  readonly clock: WorldClock;
  readonly random: Stream;
  readonly wallStartMs: number;
  readonly quarantined: (memberId: MemberId) => void;
  readonly enrolled: (memberId: MemberId, secretHash: string) => void;
}

export function createStorage({ clock, random, wallStartMs, quarantined, enrolled }: StorageParts): Storage {
  const database = new Database(clock, random);
  const wall = createWallClock(clock, wallStartMs);
  const machine = new ProcessClock(clock, { startMs: 1_000_000_000, wall });
  const nowMs = () => machine.now() + wall.nowMs() - Math.round(clock.now() + wallStartMs);
  const lease = memoryLeaseRow(nowMs);
  const changed = () => database.notify('pool_change');
  let store = openStore();
  const house = () => store.house;
  const liveness = livenessTables(house, { changed: () => database.notify('liveness'), addressed: changed });
  const agents = agentTables({ house, nowMs, changed, heardBoot: liveness.bootOf, quarantined, enrolled });
  lease.onRelease(() => database.notify('lease_released'));

  function openStore(): MemoryStore {
    const opened = memoryStore(machine, { held: () => lease.present(), nowMs }, nowMs);
    opened.onChange(changed);
    return opened;
  }

  return {
    database,
    nowMs,
    lease,
    liveness,
    agents,
    get store() {
      return store;
    },
    get house() {
      return store.house;
    },
    jumpWallTime: wall.jump,
    backUp: () => ({ house: copyOf(store.house), agents: new Map(agents.rows) }),
    restore(backup) {
      store = openStore();
      Object.assign(store.house, copyOf(backup.house));
      agents.rows.clear();
      for (const [memberId, row] of backup.agents) agents.rows.set(memberId, row);
      liveness.empty();
    },
  };
}

/** Rows are never changed in place, so that copies of the tables are enough. */
function copyOf(house: MemoryHouse): MemoryHouse {
  const copies = Object.entries(house).map(([name, table]) => [name, copyOfTable(table)]);
  return Object.fromEntries(copies) as MemoryHouse;
}

function copyOfTable(table: unknown): unknown {
  if (table instanceof Map) return new Map(table);
  if (table instanceof Set) return new Set(table);
  return Array.isArray(table) ? [...table] : table;
}
