import type { BindingId, PoolId, RecordRef, WriteRequest } from '@serverctl/core';
import type { Events } from './events.ts';
import type { DnsCall } from './observer.ts';
import type { ProviderEvents } from './provider.ts';
import type { Began } from './provider-client.ts';
import type { ReplicaProcess } from './replica.ts';
import type { WorldSpec } from './spec.ts';
import type { WorldClock } from './world-clock.ts';
import { recordKey } from './zone.ts';

/** Which binding of which pool a record is, by its key in the zone. */
export type Managed = ReadonlyMap<string, { readonly bindingId: BindingId; readonly poolId: PoolId }>;

export function managedNames({ pools }: WorldSpec): Managed {
  return new Map(
    pools.flatMap((pool) =>
      pool.bindings.map((one) => [recordKey(one), { bindingId: one.id, poolId: pool.id }] as const),
    ),
  );
}

/** What the providers' servers did with writes, told to everybody who judges. */
export function createProviderEvents(spec: WorldSpec, events: Events): ProviderEvents {
  const managed = managedNames(spec);
  return {
    applied(write) {
      const { call, epoch, address, late } = write;
      events.tell(
        'onWriteApplied',
        [call.call, call.bindingId, epoch, address ?? 'none', late ? 'late' : 'in time'],
        write,
      );
      const binding = [...managed.values()].find(({ bindingId }) => bindingId === call.bindingId);
      if (binding === undefined) return;
      const change = { ...binding, by: 'us' as const, addresses: address === null ? [] : [address] };
      events.tell('onRecordChanged', [call.bindingId, 'us', address ?? 'none'], change);
    },
    rejected: (call) => events.tell('onWriteRejected', [call.call, call.bindingId], call),
  };
}

/** Numbers the calls of all processes, and tells their begin and end. */
export function createCallLog(managed: Managed, clock: WorldClock, events: Events) {
  let calls = 0;
  return (process: ReplicaProcess) =>
    (verb: DnsCall['verb'], ref: RecordRef, request: WriteRequest | null): Began => {
      const binding = managed.get(recordKey(ref));
      if (binding === undefined) throw new Error(`${ref.name} is not managed`);
      calls += 1;
      const call: DnsCall = {
        call: calls,
        replica: process.name,
        verb,
        ...binding,
        epoch: request?.mark.epoch ?? null,
        address: request !== null && 'next' in request ? request.next.address : null,
        fence: process.lease.held(),
        startedAt: clock.now(),
        wish: process.wishes.get(binding.bindingId) ?? null,
      };
      events.tell('onDnsCallStarted', [call.call, verb, binding.bindingId, call.epoch ?? 0, process.name], call);
      return {
        call,
        ended: (outcome) => events.tell('onDnsCallEnded', [call.call, outcome], call, outcome),
      };
    };
}
