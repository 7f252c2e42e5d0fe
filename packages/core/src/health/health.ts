/** The closed list of kinds of health (PRODUCT.md section 4), in the order in which the first that holds names the member. */
export const healthKinds = [
  'maintenance',
  'heartbeat-lost',
  'unheard',
  'haproxy-inactive',
  'service-unreachable',
  'haproxy-unresponsive',
  'quarantined',
  'refused',
  'drained',
  'unknown',
  'healthy',
] as const;
/** One kind of health; PRODUCT.md section 4 says when each holds. */
export type HealthKind = (typeof healthKinds)[number];

/** Trouble of an active member that moves its records now, or as soon as it is proven (R2, R4). */
export const movingKinds: ReadonlySet<HealthKind> = new Set(['heartbeat-lost', 'unheard', 'haproxy-inactive']);

/** One member judged: the kind that names it, the others that hold as well, and one sentence for people. */
export interface Health {
  readonly kind: HealthKind;
  readonly also: readonly HealthKind[];
  readonly sentence: string;
}
