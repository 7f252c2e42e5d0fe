import type { BindingId, MemberId } from '@serverctl/core';
import type { FaultEvent } from './fault-event.ts';
import type { Installation } from './installation.ts';
import type { BeatEvent, HeardEvent, Observer } from './observer.ts';
import { instance } from './spec.ts';
import type { BindingTruth, Truth } from './truth.ts';
import { recordKey } from './zone.ts';

/** What the truth is made of beside the installation: what was told so far. */
export interface TruthParts {
  readonly installation: Installation;
  readonly healedAt: () => number | null;
}

/** The truth of a world, and the observer that it follows the world by. */
export function createTruth({ installation, healedAt }: TruthParts): { truth: Truth; observer: Observer } {
  const { storage, hosts, replicas, clock, ways, spec, providers } = installation;
  const heardAt = new Map<MemberId, number>();
  const sentAt = new Map<MemberId, number>();
  const faults = new Map<number, FaultEvent>();

  function bindingTruth(bindingId: BindingId): BindingTruth {
    const binding = storage.house.bindings.get(bindingId);
    if (binding === undefined) throw new Error(`there is no binding ${bindingId}`);
    const index = spec.accounts.findIndex(({ credentialId }) => credentialId === binding.credentialId);
    const server = providers[index];
    if (server === undefined) throw new Error(`there is no account of ${bindingId}`);
    const { account } = server;
    const { zone } = account;
    const key = recordKey(binding);
    const isReached = replicas.some(({ name }) => ways.provider(name, index).there.isClear);
    return {
      bindingId,
      poolId: binding.poolId,
      name: binding.name,
      type: binding.type,
      flavour: account.flavour,
      together: account.together !== null,
      view: zone.view(key, instance),
      answers: zone.servers.map(({ answers }) => answers.get(key)?.addresses ?? []),
      providerUsable: account.plan === null && !account.revoked && !account.down && !account.exhausted && isReached,
      limit: account.limit,
    };
  }

  function hostOf(memberId: MemberId) {
    const host = hosts.find(({ disk }) => disk.memberId === memberId);
    if (host === undefined) throw new Error(`there is no host of ${memberId}`);
    return host;
  }

  const truth: Truth = {
    now: () => clock.now(),
    instance,
    get house() {
      return storage.house;
    },
    get replicas() {
      return replicas.map((replica) => replica.truth());
    },
    host: (memberId) => hostOf(memberId).truth(),
    get hosts() {
      return hosts.map((host) => host.truth());
    },
    linked(memberId, replica) {
      const host = hostOf(memberId);
      const { there, back } = ways.agent(host.name, replica);
      const isUp = replicas.find(({ name }) => name === replica)?.edge?.clock.isRunning === true;
      return host.hasPower && isUp && !there.isCut && !back.isCut;
    },
    lastHeardAt: (memberId) => heardAt.get(memberId) ?? null,
    lastSentAt: (memberId) => sentAt.get(memberId) ?? null,
    binding: bindingTruth,
    get bindings() {
      return [...storage.house.bindings.keys()].map(bindingTruth);
    },
    get faults() {
      return [...faults.values()];
    },
    healedAt,
  };
  const observer: Observer = {
    onBeatSent: ({ memberId }: BeatEvent, at) => void sentAt.set(memberId, at),
    onBeatHeard({ memberId, verdict }: HeardEvent, at) {
      if (verdict === 'new') heardAt.set(memberId, at);
    },
    onFault(fault) {
      if (fault.phase === 'end') faults.delete(fault.id);
      else if (!fault.momentary) faults.set(fault.id, fault);
    },
  };
  return { truth, observer };
}
