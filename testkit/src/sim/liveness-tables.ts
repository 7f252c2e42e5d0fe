import { addressFor, type MemberId, type RecordType } from '@serverctl/core';
import type {
  AddressStore,
  Batch,
  BeatStore,
  HeardBeat,
  ReportedAddress,
} from '../../../apps/server/src/liveness/ports.ts';
import type { HeardMember, LivenessNews } from '../../../apps/server/src/worker/ports.ts';
import type { MemoryHouse } from '../memory-house.ts';
import { withAddresses } from '../memory-promote.ts';

/*
 * The tables `listener` and `member_liveness` as PostgreSQL would hold them (apps/server/src/liveness/{store-beats,reader}.ts): one write
 * is one transaction, a member's row goes forward in (boot, seq) only, and each written row takes the next number of one sequence.
 */

export interface LivenessTables extends BeatStore, AddressStore {
  news(cursor: string | null): LivenessNews;
  /** Of the member's row; 0 without one. */
  bootOf(memberId: MemberId): number;
  /** As after a crash of the database: both tables are unlogged and come back empty. */
  empty(): void;
}

interface Row {
  readonly heard: HeardMember;
  readonly changeNo: number;
}

export interface LivenessEvents {
  /** A change was committed that a decision may depend on. */
  readonly changed: () => void;
  /** A member's address was written. */
  readonly addressed: () => void;
}

/** `house` is asked each time: a restored database has another one. */
export function livenessTables(present: () => MemoryHouse, events: LivenessEvents): LivenessTables {
  const watermarks = new Map<string, { readonly listenerId: string; readonly atMs: number }>();
  const rows = new Map<MemberId, Row>();
  let changeNo = 0;

  function upsert(listenerId: string, { beat, heardAtMs }: HeardBeat): void {
    changeNo += 1; // a row that is not written uses its number up as well
    const known = rows.get(beat.memberId)?.heard;
    if (known !== undefined && !isNewer(beat, known)) return;
    const { memberId, boot, seq, report, declaredIpv4, declaredIpv6, seenIp, refusal } = beat;
    const said = { report, declaredIpv4, declaredIpv6, seenIp, refusal };
    const heard = { memberId, listenerId, boot, seq, heardAtMs, ...said };
    rows.set(memberId, { heard, changeNo });
  }

  return {
    async store({ listenerId, watermarkMs, beats, changed }: Batch) {
      const known = watermarks.get(listenerId);
      watermarks.set(listenerId, { listenerId, atMs: Math.max(known?.atMs ?? watermarkMs, watermarkMs) });
      for (const beat of beats) upsert(listenerId, beat);
      if (changed) events.changed();
    },
    async write(listenerId, type, reports) {
      const taken = new Set<MemberId>();
      const house = present();
      const reported = type === 'A' ? house.reportedIpv4 : house.reportedIpv6;
      let hasWritten = false;
      for (const { memberId, address } of [...reports].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))) {
        if (!house.members.has(memberId) || reported.get(memberId) === address) continue;
        if ((rows.get(memberId)?.heard.listenerId ?? listenerId) !== listenerId) continue;
        if (isTaken(house, type, { memberId, address })) taken.add(memberId);
        else {
          reported.set(memberId, address);
          hasWritten = true;
        }
      }
      if (hasWritten) events.addressed();
      return taken;
    },
    news(cursor) {
      const seen: Record<string, number> = cursor === null ? {} : (JSON.parse(cursor) as Record<string, number>);
      const fresh: Row[] = [];
      for (const row of rows.values()) if (row.changeNo > (seen[row.heard.listenerId] ?? 0)) fresh.push(row);
      fresh.sort((a, b) => a.changeNo - b.changeNo);
      for (const row of fresh) seen[row.heard.listenerId] = row.changeNo;
      return {
        heard: fresh.map(({ heard }) => heard),
        watermarks: [...watermarks.values()],
        cursor: fresh.length === 0 && cursor !== null ? cursor : JSON.stringify(seen),
      };
    },
    bootOf: (memberId) => rows.get(memberId)?.heard.boot ?? 0,
    empty() {
      watermarks.clear();
      rows.clear();
    },
  };
}

function isNewer(next: { readonly boot: number; readonly seq: number }, known: HeardMember): boolean {
  return next.boot > known.boot || (next.boot === known.boot && next.seq > known.seq);
}

function isTaken(house: MemoryHouse, type: RecordType, report: Pick<ReportedAddress, 'memberId' | 'address'>): boolean {
  const { memberId, address } = report;
  for (const other of house.members.values()) {
    if (other.id !== memberId && addressFor(withAddresses(house, other), type) === address) return true;
  }
  return false;
}
