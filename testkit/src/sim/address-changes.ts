import type { Events } from './events.ts';
import { hostOf, membersOf, poolsOf } from './fault.ts';
import type { FaultEvent } from './fault-event.ts';
import type { Host } from './host.ts';
import type { Installation } from './installation.ts';
import type { Operator } from './operator.ts';
import type { Stream } from './random.ts';

/** As events and options name it. */
export const addressChangeKind = 'address-changes';

/** In so many worlds dynamic DNS is on, more often where there are two families to follow, and in those in so many pools. */
const shareOfWorlds = 0.1;
const shareWithBothFamilies = 0.35;
const shareOfPools = 0.7;
/** Often enough for both limits to bind: one a minute, six an hour. */
const meanGapMs = 40_000;
/** Where there are two families a person switches the pool meanwhile, so often and so soon: a followed address must not undo it. */
const shareSwitched = 0.3;
const switchedWithinMs = 4_000;
/** Of a network of its own (RFC 5737), which no host has otherwise. */
const addresses = 250;

interface Parts {
  readonly installation: Installation;
  readonly operator: Operator;
  readonly events: Events;
  readonly random: Stream;
  /** Named by whoever asks for this world; undefined = drawn. */
  readonly wished: boolean | undefined;
}

/*
 * The public addresses of active members change, as a provider gives a host another one: its agent declares it from then on. Beside the
 * fault schedule, from chance of its own: what else happens in a world does not depend on it. Only members whose address no person set. One
 * that had no IPv6 address may get its first.
 */
export class AddressChanges {
  readonly #parts: Parts;
  readonly #isOn: boolean;
  #count = 0;
  #isOver = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { bothFamilies } = parts.installation.spec;
    const isDrawn = parts.random.chance(bothFamilies ? shareWithBothFamilies : shareOfWorlds);
    this.#isOn = parts.wished ?? isDrawn;
    if (this.#isOn) this.#switchOn();
  }

  /** Begins after so long; a world without dynamic DNS has not one event of it. */
  start(afterMs: number): void {
    if (this.#isOn) this.#parts.installation.clock.schedule(afterMs, () => this.#plan());
  }

  /** None comes any more. */
  heal(): void {
    this.#isOver = true;
  }

  #switchOn(): void {
    const { installation, random } = this.#parts;
    const { pools } = installation.storage.house;
    for (const pool of pools.values()) pools.set(pool.id, { ...pool, dynamicDns: random.chance(shareOfPools) });
  }

  #plan(): void {
    const { installation, random } = this.#parts;
    installation.clock.schedule(random.waiting(meanGapMs), () => {
      if (this.#isOver) return;
      this.#change();
      this.#plan();
    });
  }

  #change(): void {
    const { installation, random } = this.#parts;
    const { members } = installation.storage.house;
    const actives = poolsOf(installation).flatMap(({ activeMemberId }) => {
      const host = hostOf(installation, activeMemberId);
      return host !== null && members.get(host.disk.memberId)?.publicIpv4 === null ? [host] : [];
    });
    if (actives.length === 0) return;
    const host = random.pick(actives);
    this.#count += 1;
    this.#giveAddresses(host);
    // What is declared is read when the agent starts; one that is down or stands still reads it later.
    if (host.truth().agent === 'running') {
      host.killAgent();
      host.startAgent();
    }
    this.#tell(host);
    if (installation.spec.bothFamilies && random.chance(shareSwitched)) this.#switchSoon(host);
  }

  #switchSoon({ disk: { memberId } }: Host): void {
    const { installation, operator, random } = this.#parts;
    installation.clock.schedule(random.between(0, switchedWithinMs), () => {
      const pool = poolsOf(installation).find(({ activeMemberId }) => activeMemberId === memberId);
      if (this.#isOver || pool === undefined) return;
      const standbys = membersOf(installation, pool.id).filter(({ id }) => id !== memberId);
      if (standbys.length > 0) operator.switchover(pool, random.pick(standbys).id);
    });
  }

  #giveAddresses({ disk }: Host): void {
    const { installation, random } = this.#parts;
    const families = installation.spec.bothFamilies ? random.pick(['A', 'AAAA', 'both'] as const) : 'A';
    if (families !== 'AAAA') disk.publicIpv4 = `192.0.2.${1 + (this.#count % addresses)}`;
    if (families !== 'A') disk.publicIpv6 = `2001:db8:2::${this.#count.toString(16)}`;
  }

  /** It restarts the host's agent, so it is a host's fault. Ids above those of the schedule, which count from 1. */
  #tell({ disk: { memberId } }: Host): void {
    const { events, installation } = this.#parts;
    const poolId = installation.storage.house.members.get(memberId)?.poolId ?? null;
    const fault = { id: 1_000_000 + this.#count, kind: addressChangeKind, side: 'host', poolId, memberId } as const;
    for (const phase of ['begin', 'end'] as const) {
      const event: FaultEvent = { ...fault, phase, replica: null, momentary: true };
      events.tell('onFault', [addressChangeKind, phase, poolId ?? '', memberId, ''], event);
    }
  }
}
