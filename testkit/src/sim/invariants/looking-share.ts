import type { BindingId } from '@serverctl/core';
import type { Observer } from '../observer.ts';
import type { BindingTruth, Truth } from '../truth.ts';

/*
 * R22 leaves a quarter of what a provider allows for looking; the rest is kept for failovers. Who has used that up, as by three terms of the
 * lease within seconds that each read all names anew, sees nothing until the first of those reads is a window old: a wrong record that is not
 * known to be wrong waits for that.
 */
export interface LookingShare extends Observer {
  /** Until when nobody who used up the name's share can look; in the past where nobody has. */
  usedUpUntil(binding: BindingTruth): number;
}

/** All reads are counted, those of failovers too: which is which is the product's own word. */
const share = 0.25;

export function watchLookingShare(truth: () => Truth): LookingShare {
  const reads = new Map<string, number[]>();
  const usedUp = new Map<string, number>();
  const credentialOf = (id: BindingId) => truth().house.bindings.get(id)?.credentialId ?? '';

  return {
    onDnsCallStarted({ verb, bindingId, replica }, at) {
      const { limit } = truth().binding(bindingId);
      if (verb !== 'read' || limit === null) return;
      const credential = credentialOf(bindingId);
      const key = `${replica} ${credential}`;
      const within = [...(reads.get(key) ?? []), at].filter((one) => one > at - limit.perMs);
      reads.set(key, within);
      const first = within.at(-Math.floor(limit.calls * share));
      if (first !== undefined) usedUp.set(credential, Math.max(usedUp.get(credential) ?? 0, first + limit.perMs));
    },
    usedUpUntil: ({ bindingId }) => usedUp.get(credentialOf(bindingId)) ?? Number.NEGATIVE_INFINITY,
  };
}
