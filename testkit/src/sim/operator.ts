import {
  judge,
  type Member,
  type MemberId,
  type Pool,
  type PoolEvidence,
  type PoolId,
  type PromotionId,
  type RecordRef,
} from '@serverctl/core';
import { newId } from '../../../apps/server/src/platform/random.ts';
import type { Binding, ConfirmedName, PromotionRecord } from '../../../apps/server/src/worker/ports.ts';
import { id } from '../builders.ts';
import { withAddresses } from '../memory-promote.ts';
import type { Begun } from './begun.ts';
import { enrolHost } from './enrolment.ts';
import type { Events } from './events.ts';
import { diskOf, egressOf, memberOf } from './furnish.ts';
import { keyFromBytes } from './host.ts';
import type { Installation } from './installation.ts';
import type { Stream } from './random.ts';
import { instance, otherInstance } from './spec.ts';
import type { Backup } from './storage.ts';
import type { Held } from './zone.ts';
import { epochIn, nothingHeld, recordKey } from './zone.ts';

/*
 * A person at the operator's services: each act changes the tables as its service does (apps/server/src/services), in one step, when the
 * database answers. A person at the provider's own page changes the zone.
 */
export class Operator {
  readonly #installation: Installation;
  readonly #events: Events;
  readonly #random: Stream;
  #added = 0;
  readonly #backups: Backup[] = [];
  #hasRestored = false;
  readonly #overwritten = new Map<string, { readonly ref: EditedRecord; readonly text: string | null }>();

  constructor(installation: Installation, events: Events, random: Stream) {
    this.#installation = installation;
    this.#events = events;
    this.#random = random;
  }

  /** False = the database does not answer, and nothing was done. */
  act(kind: string, of: { poolId?: PoolId; memberId?: MemberId }, change: () => Promise<void> | void): void {
    const { poolId = null, memberId = null } = of;
    if (this.#installation.storage.database.state !== 'up') return;
    this.#events.tell('onOperator', [kind, poolId ?? '', memberId ?? ''], { kind, poolId, memberId });
    void Promise.resolve(change()).catch(() => undefined); // refused, as a person may be
  }

  switchover(pool: Pool, to: MemberId): void {
    this.act('switchover', { poolId: pool.id, memberId: to }, () =>
      this.#promote(pool, to, 'switchover', 'switchover', []),
    );
  }

  /** What a person says yes to when a pool goes on after a foreign mark or a restored database: a new epoch above any seen (R25). */
  resume(pool: Pool): void {
    this.act('resume', { poolId: pool.id }, async () => {
      const { store, house } = this.#installation.storage;
      // The service reads every name first, whoever paused the pool: a newer epoch is settled, never passed over.
      const seen = this.#greatestSeen(pool.id);
      const isClean = pool.paused === 'person' && seen <= pool.epoch;
      if (isClean || pool.activeMemberId === null) return store.operator.resume(pool.id);
      house.seenEpoch.set(pool.id, Math.max(house.seenEpoch.get(pool.id) ?? 0, seen));
      await this.#promote(pool, pool.activeMemberId, 'switchover', 'kept', this.#confirmed(pool.id));
      store.operator.resume(pool.id);
    });
  }

  /** The record's member becomes active, because a person put its address there and means it (R21). */
  adopt(pool: Pool, to: MemberId): void {
    this.act('adopt', { poolId: pool.id, memberId: to }, () =>
      this.#promote(pool, to, 'adoption', 'adopted', this.#confirmed(pool.id)),
    );
  }

  repair(pool: Pool): void {
    const { activeMemberId } = pool;
    if (activeMemberId === null) return;
    this.act('repair', { poolId: pool.id }, () =>
      this.#promote(pool, activeMemberId, 'switchover', 'kept', this.#confirmed(pool.id)),
    );
  }

  changePool(pool: Pool, change: Partial<Pool>): void {
    this.act('settings', { poolId: pool.id }, () => {
      const { store, house } = this.#installation.storage;
      const present = house.pools.get(pool.id);
      if (present !== undefined) house.pools.set(pool.id, { ...present, ...change });
      store.changed();
    });
  }

  /** A new standby, and its host that enrols as soon as it can. Null when there is no address left for one. */
  addMember(pool: Pool): MemberId | null {
    const { storage, spec } = this.#installation;
    const number = spec.members.length + ++this.#added;
    if (number > 240) return null;
    const memberId = id<MemberId>('m', number);
    const member = {
      number,
      id: memberId,
      poolId: pool.id,
      zone: 'unlabelled',
      priority: 100,
      addressBy: 'agent' as const,
      hasIpv6: spec.bothFamilies && number % 2 === 0,
    };
    this.act('new-member', { poolId: pool.id, memberId }, () => {
      storage.house.members.set(memberId, memberOf(member));
      storage.store.changed();
      const disk = { ...diskOf(member), key: keyFromBytes(this.#random.bytes(32)), urls: [] };
      const host = this.#installation.addHost(`h${number}`, disk, egressOf(number));
      enrolHost(this.#installation, host, this.#random);
    });
    return memberId;
  }

  /** The member's host is enrolled again, with a new key: ends a quarantine (R35). */
  enrolAgain(memberId: MemberId): void {
    const host = this.#installation.hosts.find(({ disk }) => disk.memberId === memberId);
    if (host === undefined) return;
    this.act('enrol-again', { memberId }, () => enrolHost(this.#installation, host, this.#random));
  }

  removeMember({ id: memberId, poolId }: Member): void {
    this.act('standby-removed', { poolId, memberId }, () => {
      const { house, store, agents } = this.#installation.storage;
      if (house.pools.get(poolId)?.activeMemberId === memberId) return;
      house.members.delete(memberId);
      house.enrolledAt.delete(memberId);
      agents.rows.delete(memberId);
      store.changed();
    });
  }

  /** Whether the database is one that a backup was put back into. */
  get hasRestored(): boolean {
    return this.#hasRestored;
  }

  /** From time to time; all of them are kept. */
  backUp(): void {
    this.#backups.push(this.#installation.storage.backUp());
  }

  /** The control plane is stopped, one of the backups put back, and the control plane started after so long. */
  restoreBackup(forMs: number): Begun | null {
    const { replicas, storage } = this.#installation;
    if (storage.database.state !== 'up' || replicas.some(({ isUp }) => !isUp)) return null;
    const backup = this.#random.pick(this.#backups);
    for (const replica of replicas) replica.kill();
    const kept = new Set(backup.house.promotions.map(({ id }) => id));
    const lost = storage.house.promotions.filter(({ id }) => !kept.has(id));
    storage.restore(backup);
    this.#hasRestored = true;
    this.#events.tell('onRestored', [lost.length], lost);
    const end = () => {
      for (const replica of replicas) replica.start();
    };
    return { forMs, end, claims: [...replicas.map(({ name }) => name), 'database'] };
  }

  /** Takes another control plane's marks away again: what stood there before comes back. */
  removeForeignMarks(): void {
    for (const [key, { ref, text }] of this.#overwritten) {
      this.#overwritten.delete(key);
      this.editRecord(ref, 'person', (held) =>
        held.text?.includes(otherInstance) === true ? { ...held, text } : held,
      );
    }
  }

  /** Somebody at the provider's page, or another program there. */
  editRecord(ref: EditedRecord, by: 'person' | 'other-plane', edit: (held: Held) => Held): void {
    const { storage, spec, zones } = this.#installation;
    const binding = [...storage.house.bindings.values()].find(
      ({ name, type }) => name === ref.name && type === ref.type,
    );
    const zone = zones[spec.accounts.findIndex(({ credentialId }) => credentialId === binding?.credentialId)];
    if (binding === undefined || zone === undefined) return;
    const key = recordKey(ref);
    const before = zone.get(key);
    const held = edit(before);
    if (by === 'other-plane')
      this.#overwritten.set(key, { ref, text: this.#overwritten.get(key)?.text ?? before.text });
    zone.put(key, held);
    this.#tellChange(binding, by, held);
    const sibling = held.text === before.text ? null : zone.siblingOf(key);
    const other = [...storage.house.bindings.values()].find((one) => recordKey(one) === sibling);
    if (sibling !== null && other !== undefined) this.#tellChange(other, by, zone.get(sibling));
  }

  #tellChange({ id: bindingId, poolId }: Binding, by: 'person' | 'other-plane', { addresses }: Held): void {
    this.#events.tell('onRecordChanged', [bindingId, by, addresses.join(',')], { bindingId, poolId, by, addresses });
  }

  async #promote(
    pool: Pool,
    to: MemberId,
    kind: 'switchover' | 'adoption',
    cause: string,
    confirmedNames: readonly ConfirmedName[],
  ): Promise<void> {
    const { storage, clock } = this.#installation;
    const { house } = storage;
    const member = house.members.get(to);
    const addressed = member === undefined ? null : withAddresses(house, member);
    const { publicIpv4: address = null, publicIpv6: address6 = null } = addressed ?? {};
    const evidence = house.statuses.get(pool.id)?.evidence;
    if (address === null || evidence === undefined) return;
    const promotion: PromotionRecord = {
      id: newId<PromotionId>(this.#random),
      poolId: pool.id,
      kind,
      cause,
      from: pool.activeMemberId,
      to,
      address: address as PromotionRecord['address'],
      address6: address6 as PromotionRecord['address6'],
      confirmedNames,
      expectedEpoch: pool.epoch,
      evidence: freshEvidence(evidence, pool),
      decision: judge(freshEvidence(evidence, pool)).decision,
      sentence: 'A person asked for it.',
      actor: 'person',
      reason: 'because',
      detectedAgoMs: null,
      lastHeartbeatAgoMs: null,
    };
    await storage.store.operator.promote(promotion);
    const kept = house.promotions.findLast((one) => one.id === promotion.id);
    const by = { replica: null, fence: null, calledAt: clock.now() };
    if (kept !== undefined)
      this.#events.tell('onPromotion', [kept.poolId, kept.epoch, kept.to, cause, 'person'], kept, by);
  }

  #confirmed(poolId: PoolId): readonly ConfirmedName[] {
    return this.#names(poolId).map(({ id: bindingId, name, held }) => ({
      bindingId,
      name,
      takeOver: true,
      held: held.addresses,
      mark: held.text,
    }));
  }

  #greatestSeen(poolId: PoolId): number {
    return Math.max(0, ...this.#names(poolId).map(({ held }) => epochIn(held.text, instance, poolId) ?? 0));
  }

  #names(poolId: PoolId) {
    const { storage, spec, zones } = this.#installation;
    const own = [...storage.house.bindings.values()].filter((binding) => binding.poolId === poolId);
    return own.map((binding) => {
      const zone = zones[spec.accounts.findIndex(({ credentialId }) => credentialId === binding.credentialId)];
      return { ...binding, held: zone?.get(recordKey(binding)) ?? nothingHeld };
    });
  }
}

/** The record of a managed name that somebody touches. */
type EditedRecord = Pick<RecordRef, 'name' | 'type'>;

/** What the services use for a person's acts: the stored evidence with the pool as it is now. */
function freshEvidence(stored: PoolEvidence, pool: Pool): PoolEvidence {
  return { ...stored, pool };
}
