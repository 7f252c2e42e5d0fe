import { type HeartbeatReply, heartbeatIntervalMs } from '@serverctl/contract/agent';
import { type Instant, type MemberId, minuteMs, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';
import { withinLimit } from '../../worker/time-limit.ts';
import type { MemberRow, RegisteredMembers } from './ports.ts';

/*
 * The members as the hot path needs them, in memory. Loaded as a whole:
 *
 *   current    what a notice last told us to read; a guard reads again every 10 s, should a notice have been lost
 *   loading    one query runs; a notice or a `refresh` meanwhile asks for one more after it, so nobody waits for an older snapshot
 *
 * A storm of notices (each agent start is one) costs one load per 50 ms. When a load fails the old copy stays: an honest agent is not
 * refused because the database is away, and nothing is decided here. The first one is tried again for a minute: the process may lead already,
 * and to end it for one read would leave the fleet without a leader for as long as a dead holder's lease is waited for (R15).
 */

const guardMs = 10_000;
const spacingMs = 50;
/** A reply that was lost must not hold up the next load for as long as a connection takes to find that out. */
const loadLimitMs = 5 * secondMs;
const firstLoadLimitMs = minuteMs;
const betweenFirstLoadsMs = secondMs;

export interface RegisteredMember {
  readonly id: MemberId;
  readonly keyId: string | null;
  /** Tells who goes first (prove-key.ts), never who is let in: the store may know a newer one. */
  readonly publicKey: Uint8Array | null;
  readonly hostname: string;
  /** The name before a rename and until when it is still accepted (PRODUCT.md section 4, "member renamed"). */
  readonly previousHostname: string | null;
  readonly previousHostnameUntil: Instant;
  readonly allowedEgress: readonly string[];
  /** The newest boot issued (R35). */
  lastBoot: number;
  /** The peer found allowed last: the next beat from it needs no second look. */
  allowedPeer: string | null;
  /** The heartbeat's two possible answers, as JSON text. */
  readonly replyToNew: string;
  readonly replyToOld: string;
}

export interface RegistryOptions {
  readonly members: RegisteredMembers;
  readonly clock: Clock;
  readonly onLoad: (isMember: (memberId: MemberId) => boolean) => void;
  readonly onFailure: (error: unknown) => void;
  /** The store knows an older boot than we remember: it was restored. */
  readonly onForgottenBoot: (memberId: MemberId, boot: number) => void;
}

export class MemberRegistry {
  readonly #options: RegistryOptions;
  #members = new Map<string, RegisteredMember>();
  #loading: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #loadedAt: Instant = Number.NEGATIVE_INFINITY;
  #cancelTimer = () => {};
  #unsubscribe = () => {};
  #stopped = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** Resolves with the first load: without members nobody can be heard. Rejects when none succeeds within a minute, or after `stop`. */
  async start(): Promise<void> {
    const { members, clock } = this.#options;
    this.#unsubscribe = members.onChange(() => this.#schedule());
    await this.#firstLoad(clock.now() + firstLoadLimitMs);
    this.#plan(guardMs);
  }

  async #firstLoad(until: Instant): Promise<void> {
    const { clock, onFailure } = this.#options;
    try {
      await this.refresh();
    } catch (error) {
      if (this.#stopped || clock.now() >= until) throw error;
      onFailure(error);
      await clock.sleep(betweenFirstLoadsMs);
      await this.#firstLoad(until);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#cancelTimer();
    await this.#loading?.catch(() => {});
  }

  get(memberId: string): RegisteredMember | undefined {
    return this.#members.get(memberId);
  }

  /** We issued this boot; the notice that tells everybody follows. */
  noteBoot(memberId: string, boot: number): void {
    const member = this.#members.get(memberId);
    if (member !== undefined) member.lastBoot = Math.max(member.lastBoot, boot);
  }

  /** Resolves when a load that began after this call is in memory. */
  refresh(): Promise<void> {
    if (this.#loading === null) return this.#load();
    this.#next ??= this.#loading.catch(() => {}).then(() => this.#load());
    return this.#next;
  }

  #schedule(): void {
    const waitMs = this.#loadedAt + spacingMs - this.#options.clock.now();
    if (waitMs <= 0 && this.#loading === null) this.#reload();
    else this.#plan(Math.max(waitMs, 0));
  }

  #plan(delayMs: number): void {
    this.#cancelTimer();
    if (!this.#stopped) this.#cancelTimer = this.#options.clock.after(delayMs, () => this.#reload());
  }

  #reload(): void {
    this.refresh()
      .catch(this.#options.onFailure)
      .finally(() => this.#plan(guardMs));
  }

  #load(): Promise<void> {
    this.#next = null;
    this.#loadedAt = this.#options.clock.now();
    const { members, clock } = this.#options;
    this.#loading = withinLimit(clock, loadLimitMs, () => members.read())
      .then((rows) => this.#replace(rows))
      .finally(() => {
        this.#loading = null;
      });
    return this.#loading;
  }

  #replace(rows: readonly MemberRow[]): void {
    const now = this.#options.clock.now();
    const members = new Map<string, RegisteredMember>();
    for (const row of rows) {
      const member = registered(row, now);
      const remembered = this.#members.get(member.id)?.lastBoot ?? 0;
      if (remembered > member.lastBoot) this.#options.onForgottenBoot(member.id, remembered);
      member.lastBoot = Math.max(member.lastBoot, remembered);
      members.set(member.id, member);
    }
    this.#members = members;
    this.#options.onLoad((memberId) => members.has(memberId));
  }
}

function registered(row: MemberRow, now: Instant): RegisteredMember {
  const reply: Omit<HeartbeatReply, 'dropped'> = {
    role: row.activeMemberId === null ? 'none' : row.activeMemberId === row.id ? 'active' : 'standby',
    epoch: row.epoch,
    // A balancer's HAProxy is watched even when it is not monitored, so that the page can show it.
    units: row.monitored || row.template === 'haproxy-balancer' ? row.units : [],
    intervalMs: heartbeatIntervalMs,
  };
  return {
    id: row.id,
    keyId: row.keyId,
    publicKey: row.publicKey,
    hostname: row.hostname,
    previousHostname: row.previousHostname,
    previousHostnameUntil: now + (row.previousHostnameLeftMs ?? 0),
    allowedEgress: row.allowedEgress,
    lastBoot: row.lastBoot,
    allowedPeer: null,
    replyToNew: JSON.stringify({ ...reply, dropped: false }),
    replyToOld: JSON.stringify({ ...reply, dropped: true }),
  };
}
