import { type ProviderKind, providerKinds } from '@serverctl/contract';
import { secondMs } from '@serverctl/core';
import { effectiveTtl } from '@serverctl/dns';
import { planLimits } from '../dns-providers/cloudflare.ts';

/*
 * What a TTL costs, in numbers. A provider that is open says itself what it makes of a wish (`DnsProvider.effectiveTtl`). A list of names
 * opens none: that would be a decrypted secret for each credential, to learn a number that follows from the credential's kind and plan. Nor
 * is it stored with the name, where a changed plan would make it wrong. So it is reckoned here from kind and plan, which are read with the
 * name; a kind that is not known here has none (null).
 */

interface Habits {
  /** Whether its edge can answer in place of the member. */
  readonly hasProxy: boolean;
  effectiveTtl(wishSeconds: number, proxied: boolean, plan: string | null): number;
}

const asWished: Habits = { hasProxy: false, effectiveTtl: (wishSeconds) => wishSeconds };

/** Total: a new kind of provider does not compile until it is judged. */
const habits: Readonly<Record<ProviderKind, Habits>> = {
  cloudflare: {
    hasProxy: true,
    effectiveTtl: (wishSeconds, proxied, plan) => effectiveTtl(wishSeconds, { ...planLimits[planOf(plan)], proxied }),
  },
  rfc2136: asWished,
  cpanel: asWished,
  whm: asWished,
};

/** Whose records they are: the kind of a credential, and its plan where the kind has plans. */
export interface ProviderPlace {
  readonly provider: string;
  readonly plan?: string | null;
}

/** A managed name's wish. Null = proxied or not, as it is. */
export interface TtlWish {
  readonly ttlSeconds: number;
  readonly proxied: boolean | null;
}

/** Whether records there can be proxied at all. */
export function hasProxy({ provider }: ProviderPlace): boolean {
  return habitsOf(provider)?.hasProxy ?? false;
}

/** What the wish comes to, in seconds; a name that is left as it is counts as not proxied. Null = not known. */
export function effectiveTtlAt({ provider, plan = null }: ProviderPlace, { ttlSeconds, proxied }: TtlWish) {
  return habitsOf(provider)?.effectiveTtl(ttlSeconds, proxied ?? false, plan) ?? null;
}

/** What a TTL adds to the time in which clients are back, in seconds: nothing behind a provider's edge; the wish where nothing else is known. */
export function ttlCostSeconds(place: ProviderPlace, wish: TtlWish): number {
  return wish.proxied === true ? 0 : (effectiveTtlAt(place, wish) ?? wish.ttlSeconds);
}

/** How long clients may wait after a loss, with what it is made of (PRODUCT.md section 2, step 5). */
export function ttlSentence(place: ProviderPlace, wish: TtlWish, failoverDelayMs: number): string {
  const delay = Math.round(failoverDelayMs / (secondMs / 10)) / 10;
  if (wish.proxied === true)
    return `Clients are back after about ${delay} s, the failover delay: the name is proxied, so the provider’s edge answers and the TTL does not apply.`;
  const effective = effectiveTtlAt(place, wish);
  if (effective === null)
    return `Clients are back after the failover delay of ${delay} s and the TTL: ${wish.ttlSeconds} s are wished, and what the provider makes of it is not known.`;
  const sum = `Clients are back after about ${delay + effective} s: failover delay ${delay} s + TTL ${effective} s`;
  const proxy = hasProxy(place) && wish.proxied === null ? ' While the name is proxied, the TTL does not apply.' : '';
  return `${sum}${raisedWords(wish.ttlSeconds, effective)}.${proxy}`;
}

/** Empty where the provider takes the wish as it is. */
function raisedWords(wishSeconds: number, effective: number): string {
  if (wishSeconds === effective) return '';
  const bound = effective > wishSeconds ? 'lowest' : 'highest';
  return ` (${wishSeconds} s are wished, and the provider’s ${bound} is ${effective} s)`;
}

/** A plan that is not known here has the limits of the least. */
function planOf(text: string | null): keyof typeof planLimits {
  const plans = Object.keys(planLimits) as (keyof typeof planLimits)[]; // an object's own keys, which the compiler forgets
  return plans.find((plan) => plan === text) ?? 'free';
}

function habitsOf(provider: string): Habits | null {
  const kind = providerKinds.find((one) => one === provider);
  return kind === undefined ? null : habits[kind];
}
