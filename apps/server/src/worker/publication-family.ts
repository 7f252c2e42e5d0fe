import { type BindingId, type DnsProvider, secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { PoolWithMembers } from './ports.ts';
import type { Progress } from './publication-progress.ts';
import { withinLimit } from './time-limit.ts';

/*
 * A and AAAA of one name are published side by side, each by itself. Two things may tie them:
 *
 *   one mark, where the provider says so   | under a new epoch the AAAA begins when its A is done for now: published, failed or blocked.
 *                                          | Side by side, one of them is refused for the mark that the other wrote since (R18)
 *   one edge, where either is proxied      | it answers for both, also for one that is not there (R24)
 *
 * An AAAA waits for 5 s at most: what is written side by side after all is found out by the mark, and takes one pass more.
 */
const longestWaitMs = 5 * secondMs;

/** What one record of a name knows of the name's other one. */
export interface Family {
  /** The mark beside this record is that of the other one, too, and we keep both. */
  sharesMark(provider: DnsProvider): boolean;
  /** The provider's edge answers for the name, as far as was read. */
  isProxied(): boolean;
  /** Null = nothing to wait for; else it resolves when this record may go on, or when the signal aborts. */
  turn(provider: DnsProvider, signal: AbortSignal): Promise<void> | null;
  /** This record is being looked after. */
  begins(): void;
  /** It is done for now: between two passes, or after the last. */
  rests(): void;
  /** For the other one. */
  readonly own: FamilyMember;
}

/** One record, as the other one of its name sees it. */
export interface FamilyMember {
  isProxied(): boolean;
  /** Null = it rests; else it resolves when it does. */
  atRest(): Promise<void> | null;
}

export interface FamilyPorts {
  readonly clock: Clock;
  readonly progress: Progress;
  /** Null = that name is not kept now. */
  readonly memberOf: (id: BindingId) => FamilyMember | null;
}

export function createFamily(
  { clock, progress, memberOf }: FamilyPorts,
  id: BindingId,
  rowNow: () => PoolWithMembers,
): Family {
  let busy: PromiseWithResolvers<void> | null = null;
  const own = { isProxied: () => progress.isProxied, atRest: () => busy?.promise ?? null };

  function find() {
    const { bindings } = rowNow();
    const mine = bindings.find((one) => one.id === id);
    const other = bindings.find(({ name, type }) => name === mine?.name && type !== mine.type);
    return { isAaaa: mine?.type === 'AAAA', other: other === undefined ? null : memberOf(other.id) };
  }

  return {
    own,
    sharesMark: (provider) => provider.sharesMark === true && find().other !== null,
    isProxied: () => own.isProxied() || find().other?.isProxied() === true,
    turn(provider, signal) {
      if (provider.sharesMark !== true) return null;
      const { isAaaa, other } = find();
      const atRest = isAaaa ? (other?.atRest() ?? null) : null;
      if (atRest === null) return null;
      return withinLimit(clock, longestWaitMs, () => atRest, signal).catch(() => undefined);
    },
    begins() {
      busy ??= Promise.withResolvers();
    },
    rests() {
      busy?.resolve();
      busy = null;
    },
  };
}
