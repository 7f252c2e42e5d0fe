import { describe, expect, it } from 'vitest';
import { endedBy, eventCatalogue, eventKinds, isEventKind, runbookOf } from './catalogue.ts';
import { dnsEvents } from './catalogue-dns.ts';
import { houseEvents } from './catalogue-house.ts';
import { memberEvents } from './catalogue-member.ts';
import { poolEvents } from './catalogue-pool.ts';
import { threadOf } from './thread.ts';

describe('the catalogue of events', () => {
  it.each(eventKinds)('%s says in one sentence what happened', (kind) => {
    expect(kind).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
    expect(eventCatalogue[kind].summary).toMatch(/^[A-Z][^.]{8,}\.$/);
  });

  it('names no kind twice over its parts', () => {
    const parts = [poolEvents, memberEvents, dnsEvents, houseEvents].flatMap((part) => Object.keys(part));
    expect(parts.toSorted()).toEqual([...eventKinds].toSorted());
  });

  it('ends trouble by a kind that asks for nothing and ends by nothing else', () => {
    for (const { recoveredBy } of Object.values(eventCatalogue)) {
      if (recoveredBy === undefined) continue;
      if (!isEventKind(recoveredBy)) throw new Error(`${recoveredBy} is no kind`);
      expect(eventCatalogue[recoveredBy]).toMatchObject({ severity: 'info' });
      expect(eventCatalogue[recoveredBy].recoveredBy).toBeUndefined();
    }
    expect(endedBy('dns.recovered')).toEqual(['dns.blocked', 'dns.unknown-outcome', 'dns.drift']);
    expect(endedBy('pool.promoted')).toEqual([]);
  });

  it('leads from what needs a person to a page of its own', () => {
    expect(runbookOf('dns.unknown-outcome')).toBe('docs/runbooks/dns-unknown-outcome.md');
    expect(runbookOf('pool.resumed')).toBe('docs/reference/events.md');
  });
});

describe('a thread', () => {
  const about = { poolId: 'p1', memberId: 'm1', details: {} };

  it('is one for a trouble and its end, and another for another member or name', () => {
    const lost = threadOf({ kind: 'member.heartbeat-lost', ...about });
    expect(threadOf({ kind: 'member.healthy', ...about })).toBe(lost);
    expect(threadOf({ kind: 'member.healthy', ...about, memberId: 'm2' })).not.toBe(lost);
    expect(threadOf({ kind: 'pool.recovered', ...about })).not.toBe(lost);
    const name = (bindingId: string) => threadOf({ kind: 'dns.drift', ...about, details: { bindingId } });
    expect(name('b1')).not.toBe(name('b2'));
  });

  it('of a pool outlives a change of its active member', () => {
    expect(threadOf({ kind: 'pool.recovered', ...about, memberId: 'm2' })).toBe(
      threadOf({ kind: 'pool.no-standby', ...about }),
    );
  });
});
