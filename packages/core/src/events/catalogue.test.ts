import { describe, expect, it } from 'vitest';
import { type Access, fullAccess } from '../access/access.ts';
import { type Permission, permissions, type Role } from '../access/permission.ts';
import type { PoolId } from '../ids.ts';
import { endedBy, eventCatalogue, eventKinds, isEventKind, kindsSeen, runbookOf } from './catalogue.ts';
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

describe('what the event log shows', () => {
  const as = (role: Role, poolId: string | null = null): Access => ({
    grants: [{ role, poolId: poolId as PoolId | null }],
    scope: null,
  });
  const token = (...only: Permission[]): Access => ({
    ...fullAccess,
    scope: { permissions: new Set(only), pools: null },
  });
  const about = (kind: string) => kind.split('.')[0] ?? '';
  const notSeen = (access: Access) => {
    const seen = kindsSeen(access);
    return seen === 'all' ? [] : [...new Set(eventKinds.filter((kind) => !seen.includes(kind)).map(about))];
  };

  const house = ['channel', 'user', 'token', 'link', 'audit'];
  const cases: readonly [who: string, access: Access, notSeen: readonly string[]][] = [
    ['an administrator everywhere', as('administrator'), []],
    ['an administrator of one pool', as('administrator', 'p1'), house],
    ['an operator', as('operator'), house],
    ['a viewer', as('viewer'), house],
    ['a token for everything', token(...permissions), []],
    ['a token for events', token('event:read'), house],
    ['a token for events and users', token('event:read', 'user:read'), ['channel', 'audit']],
    ['a token for events and the audit log', token('event:read', 'audit:read'), ['channel', 'user', 'token', 'link']],
  ];
  it.each(cases)('%s sees every kind but those of what they may not see', (_who, access, hidden) => {
    expect(notSeen(access)).toEqual(hidden);
  });

  it('to whom it shows all kinds it shows those that are no more as well', () => {
    expect(kindsSeen(fullAccess)).toBe('all');
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
