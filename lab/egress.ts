import { enterNetwork } from './network.ts';
import { type Plan, type PlannedHost, prefixLength } from './plan.ts';
import { mustRun } from './shell.ts';

/**
 * As when a provider changes its NAT: the control plane sees the host from `address` at once, and what still came from the old one is
 * lost in silence, since that mapping is gone. Everybody else goes on with the host's own address. Null ends it.
 */
export async function setEgress(plan: Plan, host: PlannedHost, address: string | null): Promise<void> {
  const table = `bridge egress_${host.name}`;
  const rules = [`add table ${table}`, `delete table ${table}`];
  if (address !== null) rules.push(...egressRules(table, host, plan.plane.address));
  // Outside first: a connection that is kept must not be heard from the old address in between.
  await mustRun([...enterNetwork(plan.bridgeNamespace), 'nft', '-f', '-'], { input: `${rules.join('\n')}\n` });
  const route = ['ip', '-n', host.namespace, 'route'];
  if (address === null) return mustRun([...route, 'flush', `${plan.plane.address}/32`]).then(() => undefined);
  const onHost = ['ip', '-n', host.namespace, 'address', 'replace', `${address}/${prefixLength}`, 'dev', 'eth0'];
  await mustRun(onHost);
  await mustRun([...route, 'replace', `${plan.plane.address}/32`, 'dev', 'eth0', 'src', address]);
}

/** What the host sends to the control plane from its own address is lost. */
export function egressRules(table: string, host: Pick<PlannedHost, 'port' | 'address'>, plane: string): string[] {
  return [
    `add table ${table}`,
    `add chain ${table} passing { type filter hook forward priority 0; }`,
    `add rule ${table} passing iifname "${host.port}" ip saddr ${host.address} ip daddr ${plane} drop`,
  ];
}
