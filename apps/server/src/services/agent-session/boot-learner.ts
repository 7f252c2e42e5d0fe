import type { MemberId } from '@serverctl/core';
import type { KeyStore } from './ports.ts';
import type { MemberRegistry } from './registry.ts';

/** Tells the store of a boot that it does not know. Returns at once; whoever still sees the difference calls again. */
export type LearnBoot = (memberId: MemberId, boot: number) => void;

/**
 * A token of ours proves that its boot was issued, and this process remembers those that it has seen: when the store knows less, it was
 * restored from before (R25's cousin). Until it has learnt, the next start of that agent would get a number that was used before, and its
 * beats would be taken for old ones: a host that lives would be lost (R35).
 */
export function createBootLearner(
  keys: Pick<KeyStore, 'raiseBoot'>,
  registry: () => Pick<MemberRegistry, 'noteBoot'>,
  onFailure: (error: unknown) => void,
): LearnBoot {
  const underWay = new Set<MemberId>();
  return (memberId, boot) => {
    if (underWay.has(memberId)) return;
    underWay.add(memberId);
    keys
      .raiseBoot(memberId, boot)
      .then(() => registry().noteBoot(memberId, boot), onFailure)
      .finally(() => underWay.delete(memberId));
  };
}
