import {
  AppError,
  type BindingId,
  classifyDrift,
  type DnsProvider,
  type Instant,
  mayWrite,
  minuteMs,
  type PublishWish,
  planPublish,
  type RecordRef,
  type RecordView,
  type ReplaceRequest,
  secondMs,
} from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { backOffMs, spread } from './back-off.ts';
import type { Binding, DesiredRecord, DnsProviders, Lease, PoolStore, PoolWithMembers, WorkerLog } from './ports.ts';
import type { PublicationLog } from './publication-log.ts';
import { classifyFailure, type PublishFailure } from './publish-failure.ts';
import { withinLimit } from './time-limit.ts';
import type { Verifier } from './verifier.ts';
import { createWake, type Wake } from './wake.ts';

/*
 * One managed name. It does one thing at a time: a pass, then a pause. Nothing is carried from pass to pass but what pauses and words
 * need, so there is no queue and no stale plan (R17):
 *
 *   pass   desired? ─► read ─► plan ─► desired still the same, lease still held? ─► replace ─► acknowledged ─► verifier
 *
 *   how it ended                         | next pass
 *   nothing desired, or no lease         | when woken
 *   as desired, or acknowledged          | reconcile: 30 s for 15 min after a write, else 10 min (R22)
 *   another epoch meanwhile              | at once: no call starts under a superseded one (R16)
 *   drifted between read and replace     | at once, five times, then after a back-off (R18)
 *   outcome unknown                      | after a back-off; every pass begins by reading (R19)
 *   unavailable, rate-limited            | after a back-off, or the time that the provider named
 *   refused by provider, plan or secret  | 30 s: only a person can change it
 *   another member's address by hand     | reconcile: told, not overwritten (R21)
 *
 * A wake (new epoch, changed binding, lease gained) ends the pause; only a time named by the provider is waited for to its end.
 */

export interface PublicationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: PoolStore;
  readonly lease: Lease;
  readonly providers: DnsProviders;
  readonly verifier: Verifier;
  readonly log: WorkerLog;
}

/** R15: in-flight calls are limited to 4 s, the time between our self-stop and a successor's start minus a second. */
export const callLimitMs = 4_000;
const blockedPauseMs = 30 * secondMs;
const freshWriteMs = 15 * minuteMs;
const mostDrifts = 5;

export class Publication {
  readonly #ports: PublicationPorts;
  readonly #id: BindingId;
  readonly #say: PublicationLog;
  readonly #wake: Wake;
  #row: PoolWithMembers;
  /** Epoch of the last pass, and the one that the provider acknowledged last. */
  #epoch = 0;
  #acknowledgedEpoch = 0;
  #failures = 0;
  #drifts = 0;
  /** False once the provider took a write but not its mark (R18). */
  #canMark = true;
  #wroteAt: Instant = Number.NEGATIVE_INFINITY;
  /** Named by the provider: no call before it. */
  #notBefore: Instant = Number.NEGATIVE_INFINITY;
  #previousTtlSeconds: number | null = null;
  #verification: { readonly epoch: number; readonly stop: AbortController } | null = null;

  constructor(ports: PublicationPorts, id: BindingId, row: PoolWithMembers, say: PublicationLog) {
    this.#ports = ports;
    this.#id = id;
    this.#row = row;
    this.#say = say;
    this.#wake = createWake(ports.clock);
  }

  wake(): void {
    this.#wake.ring();
  }

  /** What the pool looks like now: its members' addresses tell drift by hand from garbage (R21). */
  follow(row: PoolWithMembers): void {
    const isSameEpoch = row.pool.epoch === this.#row.pool.epoch;
    const isOtherWish = isSameEpoch && wishKey(this.#id, row) !== wishKey(this.#id, this.#row);
    this.#row = row;
    if (isOtherWish || row.pool.epoch > this.#epoch) this.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    while (!signal.aborted) {
      const pauseMs = await this.#pass(signal).catch((error: unknown) => {
        log.warn({ err: error, binding: this.#id }, 'What a name shall answer could not be read.');
        return secondMs;
      });
      await this.#wake.sleep(pauseMs, signal);
      const tooEarlyMs = this.#notBefore - clock.now();
      if (tooEarlyMs > 0) await clock.sleep(tooEarlyMs, signal);
    }
    this.#verification?.stop.abort();
  }

  async #pass(signal: AbortSignal): Promise<number | null> {
    const { store, lease, providers } = this.#ports;
    if (lease.held() === null) return null;
    const known = this.#openKnownProvider();
    const wish = await store.desired(this.#id);
    if (wish === null || lease.held() === null) return null;
    this.#turnTo(wish);
    let during: 'read' | 'replace' = 'read';
    try {
      const { credentialId } = wish.binding;
      const provider = await (known?.credentialId === credentialId
        ? known.provider
        : providers.forCredential(credentialId));
      const view = await this.#limited(signal, (limit) => provider.read(refOf(wish.binding), limit));
      const plan = planPublish(this.#planInput(wish, view));
      if (plan.kind === 'nothing') return this.#settle(wish);
      if (plan.kind === 'refuse') throw new AppError(plan.code, plan.details);
      if (this.#isLeftToPerson(wish, view)) return this.#leave(wish, view);
      if (!(await this.#isStillWished(wish))) return 0;
      during = 'replace';
      return await this.#write(provider, plan.request, wish, signal);
    } catch (error) {
      return signal.aborted ? null : this.#fail(error, during, wish);
    }
  }

  /** Beside the read of the wish, since the name's credential hardly ever changes: one round trip less in a promotion's way. */
  #openKnownProvider() {
    const credentialId = this.#row.bindings.find(({ id }) => id === this.#id)?.credentialId;
    if (credentialId === undefined) return null;
    const provider = this.#ports.providers.forCredential(credentialId);
    provider.catch(() => undefined); // told by whoever waits for it; a pass that needs no provider does not
    return { credentialId, provider };
  }

  /** A newer epoch ends whatever was going on under the older one. */
  #turnTo(wish: DesiredRecord): void {
    if (wish.epoch === this.#epoch) return;
    this.#epoch = wish.epoch;
    this.#failures = 0;
    this.#drifts = 0;
    this.#previousTtlSeconds = null;
    this.#acknowledgedEpoch = Math.max(this.#acknowledgedEpoch, wish.binding.publishedEpoch);
    this.#verification?.stop.abort();
    if (this.#acknowledgedEpoch < wish.epoch) this.#say.publishing(wish);
  }

  #settle(wish: DesiredRecord): number {
    this.#failures = 0;
    if (this.#acknowledgedEpoch < wish.epoch) return this.#acknowledge(wish);
    this.#say.settled(wish);
    this.#verify(wish);
    return this.#reconcilePauseMs();
  }

  async #write(
    provider: DnsProvider,
    request: ReplaceRequest,
    wish: DesiredRecord,
    signal: AbortSignal,
  ): Promise<number> {
    const repairs = this.#acknowledgedEpoch === wish.epoch;
    this.#previousTtlSeconds ??= request.expected.rrset?.ttlSeconds ?? null;
    const replaced = await this.#limited(signal, (limit) => provider.replace(request, limit));
    this.#canMark = replaced.fencedBy === 'record-and-mark';
    return this.#acknowledge(wish, repairs && replaced.outcome === 'written');
  }

  #acknowledge(wish: DesiredRecord, repaired = false): number {
    this.#failures = 0;
    this.#drifts = 0;
    this.#wroteAt = this.#ports.clock.now();
    this.#acknowledgedEpoch = wish.epoch;
    this.#say.acknowledged(wish, repaired);
    this.#verification?.stop.abort();
    this.#verification = null;
    this.#verify(wish);
    return this.#reconcilePauseMs();
  }

  /** Once per epoch and write; a restart asks again, since nobody knows how far the last one came. */
  #verify(wish: DesiredRecord): void {
    if (this.#verification?.epoch === wish.epoch) return;
    const stop = new AbortController();
    this.#verification = { epoch: wish.epoch, stop };
    const task = { wish, previousTtlSeconds: this.#previousTtlSeconds, record: this.#say.verified };
    this.#previousTtlSeconds = null;
    const { verifier, log } = this.#ports;
    verifier
      .verify(task, stop.signal)
      .catch((error: unknown) => log.error({ err: error, binding: this.#id }, 'Verifying a name failed.'));
  }

  #fail(thrown: unknown, during: 'read' | 'replace', wish: DesiredRecord): number {
    const { clock, random, log } = this.#ports;
    const failure = classifyFailure(thrown, during);
    if (failure.kind === 'drifted' && this.#drifts < mostDrifts) {
      this.#drifts += 1;
      return 0;
    }
    this.#failures += 1;
    if (failure.kind === 'drifted') return backOffMs(this.#failures, random);
    log.warn({ err: failure.error, binding: this.#id, epoch: wish.epoch, during }, 'Publishing a name failed.');
    this.#tellFailure(failure, wish);
    if (failure.kind === 'refused') return blockedPauseMs;
    if (failure.kind === 'unknown' || failure.pauseMs === null) return backOffMs(this.#failures, random);
    this.#notBefore = clock.now() + failure.pauseMs;
    return failure.pauseMs;
  }

  /** A provider that is merely away while the record is as it should be blocks nothing. */
  #tellFailure(failure: Exclude<PublishFailure, { kind: 'drifted' }>, wish: DesiredRecord): void {
    const isDone = this.#acknowledgedEpoch === wish.epoch;
    if (failure.kind === 'unknown') this.#say.troubled(wish, 'unknown-outcome', failure.error);
    else if (failure.kind === 'refused' || !isDone) this.#say.troubled(wish, 'blocked', failure.error);
  }

  /** R21: another member's address under our present mark was put there by a person. Under an older mark it is a late write of ours. */
  #isLeftToPerson(wish: DesiredRecord, view: RecordView): boolean {
    const { address, binding, epoch } = wish;
    if (this.#acknowledgedEpoch < epoch) return false;
    if (view.mark.kind === 'ours' && view.mark.mark.epoch < epoch) return false;
    const { members } = this.#row;
    const drift = classifyDrift({ view, address, pool: binding.poolId, epoch, members, canMark: this.#canMark });
    return drift.kind === 'other-member';
  }

  #leave(wish: DesiredRecord, view: RecordView): number {
    this.#say.drifted(wish, view.rrset?.addresses ?? []);
    return this.#reconcilePauseMs();
  }

  /** Right before the call: what is desired now (R17), under the same epoch (R16), and the lease is held (R15). */
  async #isStillWished(wish: DesiredRecord): Promise<boolean> {
    const now = await this.#ports.store.desired(this.#id);
    const isSame = now !== null && mayWrite(wish.epoch, now.epoch) && now.address === wish.address;
    return isSame && this.#ports.lease.held() !== null;
  }

  #planInput({ binding, address, epoch }: DesiredRecord, view: RecordView): PublishWish {
    return {
      ref: refOf(binding),
      view,
      address,
      epoch,
      ttlSeconds: binding.ttlSeconds,
      instance: this.#ports.providers.instance,
      pool: binding.poolId,
      managed: this.#acknowledgedEpoch > 0,
      canMark: this.#canMark,
      takeOver: binding.takeOver,
    };
  }

  #limited<T>(signal: AbortSignal, call: (limit: AbortSignal) => Promise<T>): Promise<T> {
    return withinLimit(this.#ports.clock, callLimitMs, call, signal);
  }

  #reconcilePauseMs(): number {
    const { clock, random } = this.#ports;
    const isFresh = clock.now() - this.#wroteAt < freshWriteMs;
    return spread(isFresh ? 30 * secondMs : 10 * minuteMs, random);
  }
}

function refOf({ zone, name }: Binding): RecordRef {
  return { zone, name, type: 'A' };
}

/** Everything but the epoch whose change asks for a pass at once. */
function wishKey(id: BindingId, { pool, members, bindings }: PoolWithMembers): string {
  const active = members.find((member) => member.id === pool.activeMemberId);
  const binding = bindings.find((one) => one.id === id);
  const { zone, ttlSeconds, credentialId, takeOver } = binding ?? {};
  return JSON.stringify([active?.publicIpv4, zone, ttlSeconds, credentialId, takeOver]);
}
