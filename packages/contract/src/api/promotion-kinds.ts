/** What a promotion is: `failover`, `failback`, `withdrawal` and `address` are automatic, the others a person’s. */
export const promotionKinds = [
  'failover',
  'switchover',
  'failback',
  'first-publish',
  'withdrawal',
  'adoption',
  'address',
] as const;
