import type { Member, Pool } from '@serverctl/core';
import { address6Of } from '../builders.ts';
import { membersOf, poolsOf } from './fault.ts';
import type { Installation } from './installation.ts';
import type { Operator } from './operator.ts';
import type { Stream } from './random.ts';

const meanGapMs = 45_000;

interface Parts {
  readonly installation: Installation;
  readonly operator: Operator;
  readonly random: Stream;
}

/*
 * What people do about IPv6 in a world that has it: a pool's setting is turned between `drop` and `require`, a standby loses the address
 * that a person had set, or gets it, and a pool is switched, often between one that has IPv6 and one that has not. Beside the fault schedule, from chance of its own, as address-changes.ts is.
 */
export class FamilyChanges {
  readonly #parts: Parts;
  #isOver = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins after so long; a world of one family has not one event of it. */
  start(afterMs: number): void {
    const { spec, clock } = this.#parts.installation;
    if (spec.bothFamilies) clock.schedule(afterMs, () => this.#plan());
  }

  /** None comes any more. */
  heal(): void {
    this.#isOver = true;
  }

  #plan(): void {
    const { installation, random } = this.#parts;
    installation.clock.schedule(random.waiting(meanGapMs), () => {
      if (this.#isOver) return;
      const pool = random.pick(poolsOf(installation));
      const act = random.fraction();
      if (act < 0.3) this.#turnPolicy(pool);
      else if (act < 0.6) this.#changeStandby(pool);
      else this.#switch(pool);
      this.#plan();
    });
  }

  #turnPolicy({ id, ipv6 }: Pool): void {
    const { installation, operator, random } = this.#parts;
    const turn = (to: Pool['ipv6']) => {
      const present = installation.storage.house.pools.get(id);
      if (!this.#isOver && present !== undefined) operator.changePool(present, { ipv6: to });
    };
    turn(ipv6 === 'drop' ? 'require' : 'drop');
    if (ipv6 === 'drop' && random.chance(0.5))
      installation.clock.schedule(random.between(5_000, 60_000), () => turn('drop'));
  }

  #switch(pool: Pool): void {
    const { installation, operator, random } = this.#parts;
    const standbys = membersOf(installation, pool.id).filter(({ id }) => id !== pool.activeMemberId);
    if (standbys.length === 0) return;
    operator.switchover(pool, random.pick(standbys).id);
    // Before what was asked for is written everywhere, which with `require` it may not be any more.
    if (pool.ipv6 === 'drop' && random.chance(0.4))
      installation.clock.schedule(random.between(10, 1_000), () => this.#turnPolicy(pool));
  }

  /** One whose addresses a person set; what an agent declares is the host's. */
  #changeStandby(pool: Pool): void {
    const { installation, random } = this.#parts;
    const isSet = ({ id, publicIpv4 }: Member) => id !== pool.activeMemberId && publicIpv4 !== null;
    const standbys = membersOf(installation, pool.id).filter(isSet);
    if (standbys.length > 0) this.#setIpv6(random.pick(standbys));
  }

  #setIpv6({ id, poolId }: Member): void {
    const { installation, operator } = this.#parts;
    operator.act('member-settings', { poolId, memberId: id }, () => {
      const { store, house } = installation.storage;
      const present = house.members.get(id);
      if (present === undefined || house.pools.get(poolId)?.activeMemberId === id) return;
      const publicIpv6 = present.publicIpv6 === null ? address6Of(Number(id.slice(1))) : null;
      house.members.set(id, { ...present, publicIpv6 });
      store.changed();
    });
  }
}
