import type { FaultEvent } from '../fault-event.ts';

/** A host's trouble that is made while the database loses replies, so that a promotion meets it. */
const hostAndDatabase = 'failover-amid-lost-replies';
/** Hosts' troubles that are made to meet one of the control plane. */
const hostAndControlPlane: ReadonlySet<string> = new Set([
  hostAndDatabase,
  'failover-amid-waking-leader',
  'failover-amid-lone-sleeper',
  'power-cut-amid-frozen-listeners',
]);

/** Whether the control plane itself is touched. */
export function touchesControlPlane({ side, kind }: Pick<FaultEvent, 'side' | 'kind'>): boolean {
  return side === 'control-plane' || hostAndControlPlane.has(kind);
}

/** Whether a replica's reads of the database may fail or come late although it is up. */
export function troublesDatabase({ kind }: Pick<FaultEvent, 'kind'>): boolean {
  return kind.includes('database') || kind === hostAndDatabase;
}
