import { type BindingId, type DnsProvider, type RecordView, secondMs, type WriteRequest } from '@serverctl/core';
import type { Binding, DesiredRecord, LeaseFence, PoolWithMembers } from './ports.ts';
import { Aftercare } from './publication-aftercare.ts';
import { createProviderCalls, type ProviderCalls, type ProviderPass } from './publication-calls.ts';
import { createEndings, type Endings } from './publication-ending.ts';
import { createFailures, type Failures } from './publication-failure.ts';
import { createFamily, type Family } from './publication-family.ts';
import type { PublicationLog } from './publication-log.ts';
import { asksForPass } from './publication-news.ts';
import type { PublicationPorts } from './publication-ports.ts';
import { Progress } from './publication-progress.ts';
import { createReading, type Reading } from './publication-reading.ts';
import { isSameWish, isStillWanted, nextStep, pauseForFall, type Step } from './publication-step.ts';
import { createWake, type Wake } from './wake.ts';

/*
 * One managed name. It does one thing at a time: a pass, then a pause. Nothing is carried from pass to pass but what pauses and words
 * need, so there is no queue and no stale plan (R17):
 *
 *   pass   desired? ─► read ─► next step ─► all names looked at? ─► desired still the same, lease still held? ─► replace ─► acknowledged ─► verifier
 *
 * A wish of an epoch behind one we knew pauses the pool before anything is read: the database was put back (R25).
 *
 *   how it ended                         | next pass
 *   nothing desired, or no lease         | when woken
 *   as desired, acknowledged, or left    | reconcile: 30 s for 15 min after a write, else 10 min (R22)
 *   acknowledged, and proxied            | 1 s: read back, which stands for the servers' answers (R24)
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
 * provider is waited for to its end. A write under way is never aborted by a newer epoch: it ends within 4 s, and an aborted one may
 * arrive all the same, only that then nobody would know. A calm read is, and what it brings is not looked at.
 */

/** R17: what was seen longer ago is seen again before anything is written on it. */
const seenWithinMs = 4 * secondMs;

export class Publication {
  readonly family: Family;
  readonly #ports: PublicationPorts;
  readonly #id: BindingId;
  readonly #say: PublicationLog;
  readonly #wake: Wake;
  readonly #progress = new Progress();
  readonly #calls: ProviderCalls;
  readonly #failures: Failures;
  readonly #reading: Reading;
  readonly #aftercare: Aftercare;
  readonly #endings: Endings;
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
    const common = { ...ports, progress: this.#progress, say };
    this.#failures = createFailures(common);
    this.family = createFamily(common, id, () => this.#row);
    const parts = { ...common, calls: this.#calls, failures: this.#failures, family: this.family };
    this.#reading = createReading({
      ...parts,
      stepOn: (provider, wish, view) => this.#nextStep(provider, wish, view),
      hasNews: () => this.#isRung,
      looked: () => this.#tellLook('looked'),
    });
    this.#aftercare = new Aftercare({ ...common, isProxied: this.family.isProxied, differs: () => this.#wake.ring() });
    this.#endings = createEndings({ ...parts, aftercare: this.#aftercare });
  }

  /** Its pool was promoted, which the row does not say yet. */
  promoted(): void {
    this.#calls.announce(this.#binding());
    this.wake();
  }

  wake(): void {
    this.#calls.giveWay();
    if (this.#isRung) return;
    this.#isRung = true;
    this.family.begins();
    this.#wake.ring();
  }

  /** What the pool looks like now: its members' addresses tell drift by hand from garbage (R21). */
  follow(row: PoolWithMembers): void {
    const isNews = asksForPass(this.#id, this.#row, row);
    const isNewEpoch = row.pool.epoch > this.#progress.epoch;
    this.#row = row;
    if (isNewEpoch) this.#calls.announce(this.#binding());
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
      this.#calls.ends(this.#isRung); // then the next pass follows at once
      if (pauseMs !== 0 && !this.#isRung) this.family.rests();
      await this.#wake.sleep(pauseMs, signal);
      const { notBefore } = this.#progress;
      while (this.#isTooEarly() && !signal.aborted) {
        this.#isRung = false; // slept over: it came ahead of the row's news, which ring again
        this.#calls.staysAway();
        await this.#wake.sleep(notBefore - clock.now(), signal);
      }
    }
    this.#calls.staysAway();
    this.family.rests();
    this.#rest();
  }

  /** As it was last; undefined = it is the pool's no more. */
  #binding(): Binding | undefined {
    return this.#row.bindings.find(({ id }) => id === this.#id);
  }

  /** The provider named a time, and nothing new is wished for: what is new waits for that time where it is told. */
  #isTooEarly(): boolean {
    const { notBefore, epoch } = this.#progress;
    return notBefore > this.#ports.clock.now() && this.#row.pool.epoch <= epoch;
  }

  async #pass(signal: AbortSignal): Promise<number | null> {
    const { lease } = this.#ports;
    this.#isRung = false;
    this.family.begins();
    const fence = lease.held();
    if (fence === null) return this.#rest();
    // Beside the read of the wish, since the name's credential hardly ever changes: one round trip less in a promotion's way.
    const binding = this.#binding();
    this.#calls.begins(binding, this.#isUrgentAhead(binding));
    this.#calls.openAhead(binding?.credentialId);
    const wish = await this.#ask();
    if (wish === null) this.#tellLook('looked', fence.term);
    if (wish === null || lease.held() === null) return this.#rest();
    this.#turnTo(wish, fence);
    const { fallenFrom } = this.#progress;
    if (fallenFrom !== null) return this.#endings.pause(wish, pauseForFall(wish, fallenFrom));
    return this.#publish(wish, signal);
  }

  async #publish(wish: DesiredRecord, signal: AbortSignal): Promise<number | null> {
    const { clock } = this.#ports;
    let during: 'read' | 'replace' | 'store' = 'read';
    let pass: ProviderPass | null = null;
    try {
      const provider = await this.#calls.open(wish.binding.credentialId);
      pass = this.#calls.pass(provider, wish.binding, signal);
      const view = await this.#reading.view(provider, wish, pass, signal);
      if (view === null) return 0;
      const seenAt = clock.now();
      const step = this.#nextStep(provider, wish, view);
      during = 'store';
      if (step.kind === 'pause') return await this.#endings.pause(wish, step).finally(() => this.#tellLook('looked'));
      this.#tellLook('looked');
      if (step.kind !== 'write') return this.#endings.unwritten(wish, step);
      await this.#ports.firstLook.turn(this.#progress, this.#row, signal);
      if (!(await pass.forWrite(seenAt + seenWithinMs))) return 0;
      if (!(await this.#isStillWished(wish))) return 0;
      if (clock.now() - seenAt > seenWithinMs) return 0;
      if (this.#ports.isWithheld(wish.binding.poolId, wish.epoch)) return null;
      during = 'replace';
      return await this.#write(pass, step.request, wish);
    } catch (error) {
      if (signal.aborted) return null;
      if (during === 'store') throw error;
      if (during === 'read') this.#tellLook('missed');
      return this.#failures.pauseAfter(error, during, wish);
    } finally {
      pass?.leave();
    }
  }

  /** As far as is known before the wish is read. */
  #isUrgentAhead(binding: Binding | undefined): boolean {
    const { isUrgent, epoch } = this.#progress;
    return isUrgent || this.#row.pool.epoch > Math.max(epoch, binding?.publishedEpoch ?? 0);
  }

  #tellLook(how: 'looked' | 'missed', term = this.#progress.term): void {
    this.#ports.firstLook[how]({ term, epoch: this.#progress.epoch }, this.#row, this.#id);
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

  /** A newer epoch ends whatever was going on under the older one. */
  #turnTo(wish: DesiredRecord, fence: LeaseFence): void {
    if (this.#progress.term !== fence.term) this.#say.termBegins();
    if (!this.#progress.turnTo(wish, fence, this.#ports.clock.now())) return;
    this.#aftercare.stopVerifying();
    if (!this.#progress.isAcknowledged) this.#say.publishing(wish);
  }

  #nextStep(provider: DnsProvider, wish: DesiredRecord, view: RecordView): Step {
    const { clock, providers } = this.#ports;
    const { acknowledgedEpoch, canMark } = this.#progress;
    const mayArriveLate = this.#progress.mayArriveUnmarked(clock.now());
    const { instance } = providers;
    const { members } = this.#row;
    const sharesMark = this.family.sharesMark(provider);
    const neverArrived = this.#progress.unseen.isAsBefore(view);
    const known = { acknowledgedEpoch, canMark, sharesMark, mayArriveLate, neverArrived };
    return nextStep({ wish, view, provider, members, instance, ...known });
  }

  async #write(pass: ProviderPass, request: WriteRequest, wish: DesiredRecord): Promise<number> {
    const progress = this.#progress;
    const { clock } = this.#ports;
    const repairs = progress.isChangedByOthers(wish) && !progress.unseen.isAsBefore(request.expected);
    progress.sends(request, clock.now());
    const replaced = await pass.write(request, () => isStillWanted(wish, this.#row));
    if (replaced === null) {
      progress.takesBack();
      return 0;
    }
    progress.wrote(request, replaced.fencedBy, clock.now());
    return this.#endings.acknowledged(wish, repairs && replaced.outcome === 'written');
  }

  /** Right before the call: what is desired now (R17), and the lease is held (R15). */
  async #isStillWished(wish: DesiredRecord): Promise<boolean> {
    const now = await this.#ports.store.desired(this.#id);
    return isSameWish(wish, now) && this.#ports.lease.held() !== null;
  }
}
