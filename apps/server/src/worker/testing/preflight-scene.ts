import type { DnsName, DnsProvider, InstanceId, RecordRef } from '@serverctl/core';
import { createMemoryProvider, createMemoryZone } from '@serverctl/dns';
import {
  buildBinding,
  createFakeClock,
  id,
  memoryLease,
  memoryStore,
  seededRandom,
} from '../../../../../testkit/src/index.ts';
import { memoryPreflights } from '../../../../../testkit/src/memory-preflights.ts';
import { createCallBudget } from '../budget.ts';
import type { Binding, CallLimit, PublicationState } from '../ports.ts';
import { createPreflight } from '../preflight.ts';

const zoneName = 'example.com' as DnsName;

/** `names`: how many there are at the begin. The limit is of every credential; left out = none. */
export interface PreflightSceneOptions {
  readonly names?: number;
  readonly limit?: CallLimit;
  readonly requestsPer?: DnsProvider['requestsPer'];
}

/** The preflight of credentials over a store in memory, one provider for all of them, and time that a test moves. Nobody leads at the begin. */
export function openPreflightScene({ names = 1, limit, requestsPer }: PreflightSceneOptions = {}) {
  const clock = createFakeClock();
  const lease = memoryLease();
  const store = memoryStore(clock, lease);
  const { house } = store;
  const preflights = memoryPreflights(house, lease, clock);
  const zone = createMemoryZone(zoneName);
  const inner = createMemoryProvider({ zone, instance: 'cp0000000001' as InstanceId });
  const calls: { readonly verb: string; readonly name: string; readonly at: number }[] = [];
  const startedAt = clock.now();
  const note = (verb: string, name: string) => void calls.push({ verb, name, at: clock.now() - startedAt });
  /** All zones are served by one. */
  const inZone = (ref: RecordRef): RecordRef => ({ ...ref, zone: zoneName });
  const provider: DnsProvider = {
    ...inner,
    probe(ref, signal) {
      note('probe', ref.name);
      return inner.probe(inZone(ref), signal);
    },
    read(ref, signal) {
      note('read', ref.name);
      return inner.read(inZone(ref), signal);
    },
    ...(requestsPer !== undefined && { requestsPer }),
  };
  const providers = {
    instance: 'cp0000000001' as InstanceId,
    forCredential: async (_credentialId: string) => provider,
    limitOf: () => limit ?? null,
  };
  const budget = createCallBudget(clock, providers.limitOf);
  const log = { info() {}, warn() {}, error() {} };
  const ports = { clock, random: seededRandom(1), lease, store, preflights, providers, budget, log };
  const stop = new AbortController();
  for (let number = 1; number <= names; number += 1) bind(number);
  const running = createPreflight(ports).run(stop.signal);

  function bind(number: number, change: Partial<Binding> = {}) {
    const binding = buildBinding({ id: id('b', number), name: nameOf(number), ...change });
    house.bindings.set(binding.id, binding);
    store.changed();
  }

  return {
    clock,
    lease,
    store,
    preflights,
    providers,
    provider,
    budget,
    zone,
    calls,
    bind,
    /** Names that were probed, in order. */
    looked: () => calls.filter(({ verb }) => verb === 'probe').map(({ name }) => name),
    told: () => house.events.map(({ kind }) => kind),
    kept: (credential = 'credential') => preflights.kept.get(`${credential} ${zoneName}`),
    setState(number: number, state: PublicationState) {
      const common = { epoch: 1, address: null, error: null, servers: [], step: null };
      house.publications.push({ bindingId: id('b', number), state, at: clock.now(), ...common });
    },
    refuse: (code: 'dns_token_refused' | 'dns_unreachable') =>
      zone.inject({ kind: 'fail', code }, { verbs: ['probe'], times: Number.POSITIVE_INFINITY }),
    async close() {
      stop.abort();
      await clock.advance(200);
      await running;
    },
  };
}

/** The name of the binding with this number. */
export function nameOf(number: number): DnsName {
  return `lb${number}.example.com` as DnsName;
}
