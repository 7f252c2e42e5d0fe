/** What the provider calls automatic, `ttl: 1`, is 300 s; proxied records always have it. */
export const automaticTtl = 1;
const automaticTtlSeconds = 300;
const highestTtlSeconds = 86_400;

/** What a wished TTL, in seconds, comes to: raised to the plan's floor, cut at a day, and the provider's own where the name is proxied. */
export function effectiveTtl(
  wishSeconds: number,
  zone: { readonly ttlFloorSeconds: number; readonly proxied: boolean },
) {
  if (zone.proxied) return automaticTtlSeconds;
  return Math.min(Math.max(wishSeconds, zone.ttlFloorSeconds), highestTtlSeconds);
}

/** The TTL in seconds that a record's `ttl` means. */
export function heldTtlSeconds(ttl: number): number {
  return ttl === automaticTtl ? automaticTtlSeconds : ttl;
}
