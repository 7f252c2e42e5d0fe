import {
  AppError,
  type BindingId,
  type DnsProvider,
  mayWrite,
  type RecordView,
  type ReplaceRequest,
  secondMs,
} from '@serverctl/core';
import type { DesiredRecord, LeaseFence, PoolWithMembers } from './ports.ts';
import { Aftercare } from './publication-aftercare.ts';
import { createProviderCalls, type Places, type ProviderCalls } from './publication-calls.ts';
import { createFailures, type Failures } from './publication-failure.ts';
import type { PublicationLog } from './publication-log.ts';
import { asksForPass } from './publication-news.ts';
import type { PublicationPorts } from './publication-ports.ts';
import { Progress } from './publication-progress.ts';
import { blockedPauseMs, nextStep, pauseForFall, type Step, standsStill } from './publication-step.ts';
import { createWake, type Wake } from './wake.ts';

/*
 * One managed name. It does one thing at a time: a pass, then a pause. Nothing is carried from pass to pass but what pauses and words
 * need, so there is no queue and no stale plan (R17):
 *
 *   pass   desired? ─► read ─► next step ─► desired still the same, lease still held? ─► replace ─► acknowledged ─► verifier
 *
 * A wish of an epoch behind one we knew pauses the pool before anything is read: the database was put back (R25).
 *
 *   how it ended                         | next pass
 *   nothing desired, or no lease         | when woken
 *   as desired, acknowledged, or left    | reconcile: 30 s for 15 min after a write, else 10 min (R22)
 *   another epoch meanwhile              | at once: no call starts under a superseded one (R16)
 *   drifted between read and replace     | at once, five times, then after a back-off (R18)
 *   outcome unknown                      | after a back-off; every such pass begins by reading (R19)
 *   unavailable, rate-limited            | after a back-off, or the time that the provider named
 *   refused by provider, plan or secret  | 30 s: only a person can change it
 *   the pool was paused                  | 30 s: read and told, never written (R21, R25)
 *   seen more than 4 s ago               | at once: a name that waited, for the store or the budget, is read again
 *   the promotion is being withdrawn     | when woken, at the withdrawal's outcome
 *
 * A wake (new epoch, changed binding, lease gained, another answer at an authoritative server) ends the pause; only a time named by the
 * provider is waited for to its end. A call under way is never aborted by a newer epoch: it ends within 4 s, and an aborted one may
 * arrive all the same, only that then nobody would know.
 */

/** R17: what was seen longer ago is seen again before anything is written on it. */
const seenWithinMs = 4 * secondMs;

export class Publication {
  readonly #ports: PublicationPorts;
  readonly #id: BindingId;
  readonly #say: PublicationLog;
  readonly #wake: Wake;
  readonly #progress = new Progress();
  readonly #calls: ProviderCalls;
  readonly #failures: Failures;
  readonly #aftercare: Aftercare;
  #row: PoolWithMembers;
  /** Woken, and no pass has begun since. */
  #isRung = false;
  #isAsking = false;

  constructor(ports: PublicationPorts, id: BindingId, row: PoolWithMembers, say: PublicationLog) {
    this.#ports = ports;
    this.#id = id;
    this.#row = row;
    this.#say = say;
    this.#wake = createWake(ports.clock);
    this.#calls = createProviderCalls(ports);
    this.#failures = createFailures({ ...ports, progress: this.#progress, say });
    const differs = () => this.#wake.ring();
    this.#aftercare = new Aftercare({ ...ports, progress: this.#progress, say, differs });
  }

  wake(): void {
    this.#calls.giveWay();
    if (this.#isRung) return;
    this.#isRung = true;
    this.#wake.ring();
  }

  /** What the pool looks like now: its members' addresses tell drift by hand from garbage (R21). */
  follow(row: PoolWithMembers): void {
    const isNews = asksForPass(this.#id, this.#row, row);
    const isNewEpoch = row.pool.epoch > this.#progress.epoch;
    this.#row = row;
    if (isNews || (isNewEpoch && !this.#isAsking)) this.wake();
  }

  /** Under this epoch no write was ever sent, and the name is blocked: the promotion can be withdrawn without one. */
  isUntouched(epoch: number): boolean {
    return this.#ports.lease.held() !== null && this.#progress.isUntouched(epoch);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    while (!signal.aborted) {
      const pauseMs = await this.#pass(signal).catch((error: unknown) => {
        log.warn({ err: error, binding: this.#id }, 'What a name shall answer could not be read.');
        return secondMs;
      });
      await this.#wake.sleep(pauseMs, signal);
      const tooEarlyMs = this.#progress.notBefore - clock.now();
      if (tooEarlyMs > 0) await clock.sleep(tooEarlyMs, signal);
    }
    this.#rest();
  }

  async #pass(signal: AbortSignal): Promise<number | null> {
    const { lease } = this.#ports;
    this.#isRung = false;
    const fence = lease.held();
    if (fence === null) return this.#rest();
    this.#openAhead();
    const wish = await this.#ask();
    if (wish === null || lease.held() === null) return this.#rest();
    this.#turnTo(wish, fence);
    const { fallenFrom } = this.#progress;
    if (fallenFrom !== null) return this.#pause(wish, pauseForFall(wish, fallenFrom));
    return this.#publish(wish, signal);
  }

  async #publish(wish: DesiredRecord, signal: AbortSignal): Promise<number | null> {
    const { clock } = this.#ports;
    const { credentialId } = wish.binding;
    const places = this.#calls.places(credentialId, signal);
    let during: 'read' | 'replace' | 'store' = 'read';
    try {
      const provider = await this.#calls.open(credentialId);
      const view = await this.#view(provider, wish, places, signal);
      if (view === null) return 0;
      const seenAt = clock.now();
      const step = this.#nextStep(wish, view);
      during = 'store';
      if (step.kind === 'pause') return await this.#pause(wish, step);
      if (step.kind !== 'write') return this.#end(wish, step);
      if (!(await places.forWrite(seenAt + seenWithinMs))) return 0;
      if (!(await this.#isStillWished(wish))) return 0;
      if (clock.now() - seenAt > seenWithinMs) return 0;
      if (this.#ports.isWithheld(wish.binding.poolId, wish.epoch)) return null;
      during = 'replace';
      return await this.#write(provider, step.request, wish, signal);
    } catch (error) {
      if (signal.aborted) return null;
      if (during === 'store') throw error;
      return this.#failures.pauseAfter(error, during, wish);
    } finally {
      places.leave();
    }
  }

  /** What is wished for now. A newer epoch that is heard of meanwhile needs another pass only if the answer does not know it yet. */
  async #ask(): Promise<DesiredRecord | null> {
    const known = this.#row.pool.epoch;
    this.#isAsking = true;
    try {
      const wish = await this.#ports.store.desired(this.#id);
      const heard = this.#row.pool.epoch;
      if (heard > known && heard > (wish?.epoch ?? 0)) this.wake();
      return wish;
    } finally {
      this.#isAsking = false;
    }
  }

  /** Nothing to keep: no lease, nobody active, or the end. */
  #rest(): null {
    this.#aftercare.stop();
    return null;
  }

  /** Beside the read of the wish, since the name's credential hardly ever changes: one round trip less in a promotion's way. */
  #openAhead(): void {
    this.#calls.openAhead(this.#row.bindings.find(({ id }) => id === this.#id)?.credentialId);
  }

  /** A newer epoch ends whatever was going on under the older one. */
  #turnTo(wish: DesiredRecord, fence: LeaseFence): void {
    if (!this.#progress.turnTo(wish, fence, this.#ports.clock.now())) return;
    this.#aftercare.stopVerifying();
    if (!this.#progress.isAcknowledged) this.#say.publishing(wish);
  }

  /** What the provider holds; null = the wish or the lease may be another by now. */
  async #view(
    provider: DnsProvider,
    wish: DesiredRecord,
    places: Places,
    signal: AbortSignal,
  ): Promise<RecordView | null> {
    const { clock, budget, lease } = this.#ports;
    const { credentialId } = wish.binding;
    const isUrgent = this.#progress.isUrgent && !standsStill(wish);
    const spared = () => this.#sparedRead(wish);
    if (isUrgent && budget.isPressed(credentialId) && spared() !== null) {
      if (!(await places.forWriteAlone())) return null;
      const recent = spared();
      if (recent !== null) return recent;
    }
    if (!(await places.forRead(isUrgent ? 'failover' : 'background'))) return null;
    if (lease.held() === null) return null;
    const view = await this.#calls.read(provider, wish.binding, signal);
    this.#progress.read(view, clock.now());
    return view;
  }

  /** What a write may be planned on that is not read for; null = nothing that is young enough, or no write. */
  #sparedRead(wish: DesiredRecord): RecordView | null {
    const recent = this.#progress.recentView(this.#ports.clock.now());
    return recent !== null && this.#nextStep(wish, recent).kind === 'write' ? recent : null;
  }

  #nextStep(wish: DesiredRecord, view: RecordView): Step {
    const { clock, providers } = this.#ports;
    const { acknowledgedEpoch, canMark } = this.#progress;
    const mayArriveLate = this.#progress.mayArriveUnmarked(clock.now());
    const { members } = this.#row;
    return nextStep({ wish, view, members, instance: providers.instance, acknowledgedEpoch, canMark, mayArriveLate });
  }

  #end(wish: DesiredRecord, step: Exclude<Step, { kind: 'pause' | 'write' }>): number {
    if (step.kind === 'blocked') return this.#failures.pauseAfter(new AppError(step.code, step.details), 'read', wish);
    if (step.kind === 'left' || step.kind === 'waits') {
      this.#progress.leaves();
      if (step.kind === 'left') this.#say.drifted(wish, step.sentence);
      return this.#reconcile(wish);
    }
    if (!this.#progress.isAcknowledged) return this.#acknowledge(wish);
    this.#progress.acknowledge();
    this.#say.settled(wish);
    this.#aftercare.verify(wish);
    return this.#reconcile(wish);
  }

  async #pause(wish: DesiredRecord, { pause, code, details }: Extract<Step, { kind: 'pause' }>): Promise<number> {
    const outcome = await this.#ports.pauser.pause(wish, pause);
    if (outcome !== 'paused') return 0;
    this.#progress.toldOfFall();
    this.#say.paused(wish, new AppError(code, details));
    return blockedPauseMs;
  }

  async #write(
    provider: DnsProvider,
    request: ReplaceRequest,
    wish: DesiredRecord,
    signal: AbortSignal,
  ): Promise<number> {
    const progress = this.#progress;
    const { clock } = this.#ports;
    const repairs = progress.isAcknowledged;
    progress.previousTtlSeconds ??= request.expected.rrset?.ttlSeconds ?? null;
    progress.sends(clock.now());
    const { outcome, fencedBy } = await this.#calls.replace(provider, request, signal);
    progress.wrote(request, fencedBy, clock.now());
    return this.#acknowledge(wish, repairs && outcome === 'written');
  }

  #acknowledge(wish: DesiredRecord, repaired = false): number {
    this.#progress.acknowledge();
    this.#say.acknowledged(wish, repaired);
    this.#aftercare.stopVerifying();
    this.#aftercare.verify(wish);
    return this.#reconcile(wish);
  }

  /** In how long the provider is read again; until then the authoritative servers are asked (R22). */
  #reconcile({ binding }: DesiredRecord): number {
    const { clock, random } = this.#ports;
    this.#aftercare.watch(binding);
    return this.#progress.reconcileInMs(clock.now(), random);
  }

  /**
   * Right before the call: what is desired now (R17), under the same epoch (R16) of the same promotion (R25), not paused meanwhile (R13),
   * and the lease is held (R15).
   */
  async #isStillWished(wish: DesiredRecord): Promise<boolean> {
    const now = await this.#ports.store.desired(this.#id);
    const isSame = now !== null && mayWrite(wish.epoch, now.epoch) && now.address === wish.address;
    const isSamePromotion = isSame && now.promotionId === wish.promotionId;
    return isSamePromotion && now.pausedEpoch === wish.pausedEpoch && this.#ports.lease.held() !== null;
  }
}
