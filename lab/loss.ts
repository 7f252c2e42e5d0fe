import { enterNetwork } from './network.ts';
import type { Plan, PlannedHost } from './plan.ts';
import { mustRun } from './shell.ts';

/** Whose packets are lost: those the host sends, those sent to it, or both. */
export type LossWay = 'both' | 'sent' | 'received';

/**
 * Loses that share of a host's packets by chance; 0 ends it, 100 is a cut that one side does not notice. At the bridge and not in the
 * host: there a sender would be told of the loss. By rule, since not every kernel has netem.
 */
export async function setLoss(plan: Plan, host: PlannedHost, percent: number, way: LossWay = 'both'): Promise<void> {
  const table = `bridge loss_${host.name}`;
  const rules = [`add table ${table}`, `delete table ${table}`, ...lossRules(table, host.port, percent, way), ''];
  await mustRun([...enterNetwork(plan.bridgeNamespace), 'nft', '-f', '-'], { input: rules.join('\n') });
}

/** The table is replaced in one transaction, so there is no moment without loss between two settings. */
export function lossRules(table: string, port: string, percent: number, way: LossWay = 'both'): string[] {
  if (!Number.isInteger(percent) || percent < 0 || percent > 100) {
    throw new RangeError(`Loss is a whole number of percent from 0 to 100, not ${percent}.`);
  }
  if (percent === 0) return [];
  const chance = percent === 100 ? 'drop' : `numgen random mod 100 < ${percent} drop`;
  return [
    `add table ${table}`,
    `add chain ${table} passing { type filter hook forward priority 0; }`,
    ...(way === 'received' ? [] : [`add rule ${table} passing iifname "${port}" ${chance}`]),
    ...(way === 'sent' ? [] : [`add rule ${table} passing oifname "${port}" ${chance}`]),
  ];
}
