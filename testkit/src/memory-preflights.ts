import {
  AppError,
  endOfUnused,
  type Instant,
  type KeptPreflight,
  type PreflightLook,
  settlePreflight,
} from '@serverctl/core';
import type { Clock } from '../../apps/server/src/platform/clock.ts';
import type { LeaseFence } from '../../apps/server/src/worker/ports.ts';
import type {
  LastLook,
  PreflightName,
  PreflightStore,
  PreflightSubject,
} from '../../apps/server/src/worker/preflight-ports.ts';
import type { MemoryHouse } from './memory-house.ts';
import type { FencedBy } from './memory-store.ts';

export interface MemoryPreflights extends PreflightStore {
  /** Versions by credential; none = 1. A test raises one, as a changed credential does. */
  readonly versions: Map<string, number>;
  /** By credential and zone. */
  readonly kept: Map<string, KeptPreflight>;
}

/** What is kept of credentials, beside a house of the memory store: its names, and its events. A credential's name is its id. */
export function memoryPreflights(house: MemoryHouse, lease: FencedBy, clock: Pick<Clock, 'now'>): MemoryPreflights {
  const versions = new Map<string, number>();
  const kept = new Map<string, KeptPreflight>();
  const checkedAt = new Map<string, Instant>();

  function lastOf(key: string): LastLook | null {
    const before = kept.get(key);
    if (before === undefined) return null;
    const { name, type, state } = before;
    return { name, type, isFailing: state === 'failing', agoMs: clock.now() - (checkedAt.get(key) ?? clock.now()) };
  }

  function subjects(): Map<string, PreflightSubject> {
    const names = Map.groupBy(house.bindings.values(), keyOf);
    return new Map(
      [...names].flatMap(([key, [first, ...rest]]) => {
        if (first === undefined) return [];
        const { credentialId, zone } = first;
        const version = versions.get(credentialId) ?? 1;
        const own = [first, ...rest].map((binding) => nameOf(house, binding)).toSorted(byName);
        const last = lastOf(key);
        return [[key, { credentialId, credential: credentialId, version, zone, names: own, last }] as const];
      }),
    );
  }

  function assertFenced({ term }: LeaseFence): void {
    if (lease.held()?.term !== term) throw new AppError('not_leader', { term });
  }

  return {
    versions,
    kept,
    async subjects(only) {
      const all = subjects();
      if (only === undefined) return [...all.values()];
      const one = all.get(keyOf(only));
      return one === undefined ? [] : [one];
    },
    async record(look: PreflightLook, fence) {
      assertFenced(fence);
      const key = keyOf(look);
      const names = subjects().get(key)?.names;
      if (names === undefined) return null;
      const settled = settlePreflight(kept.get(key) ?? null, look, ({ name, type }) =>
        names.some((one) => one.name === name && one.type === type),
      );
      kept.set(key, settled.kept);
      checkedAt.set(key, clock.now());
      if (settled.notice !== null) house.events.push(settled.notice);
      return settled.kept.state;
    },
    async forgetUnused(fence) {
      const used = subjects();
      for (const [key, row] of kept) {
        if (used.has(key)) continue;
        assertFenced(fence);
        kept.delete(key);
        const notice = endOfUnused(row, row.credentialId);
        if (notice !== null) house.events.push(notice);
      }
    },
  };
}

type Binding = MemoryHouse['bindings'] extends Map<unknown, infer One> ? One : never;

function keyOf({ credentialId, zone }: { readonly credentialId: string; readonly zone: string }): string {
  return `${credentialId} ${zone}`;
}

function nameOf({ publications }: MemoryHouse, binding: Binding): PreflightName {
  const { id: bindingId, name, type, ttlSeconds, proxied, publishedEpoch } = binding;
  const state = publications.findLast((one) => one.bindingId === bindingId)?.state ?? 'idle';
  return { bindingId, name, type, ttlSeconds, proxied, state, isPublished: publishedEpoch > 0 };
}

function byName(one: PreflightName, other: PreflightName): number {
  return `${one.name} ${one.type}` < `${other.name} ${other.type}` ? -1 : 1;
}
