import { expect, it } from 'vitest';
import { promotions } from './edge.ts';
import type { LivePool } from './live-pool.ts';
import type { Scenario } from './scenario.ts';

/**
 * What every file ends with: HAProxy runs everywhere, the record was never wrong, and no gap or promotion is unexplained. `further` =
 * addresses that a host had besides its own.
 */
export function closingTests(
  at: Scenario,
  pools: readonly LivePool[],
  further: (address: string) => readonly string[] = () => [],
): void {
  it('leaves HAProxy of every host running, whatever happened to the control plane (R43)', async () => {
    for (const member of at.stage.members)
      expect((await member.run(['systemctl', 'is-active', 'haproxy.service'])).stdout.trim()).toBe('active');
  });

  it.each(pools.map(({ name }, index) => ({ name, index })))(
    'never answered for $name with nothing, two addresses or a stranger’s (R20)',
    ({ index }) => {
      const { hosts, probe } = pools[index]!;
      const ours = hosts.flatMap(({ address }) => [address, ...further(address)]);
      const firstSet = probe.history.findIndex(({ addresses }) => addresses.length > 0);
      expect(firstSet).toBeGreaterThanOrEqual(0);
      for (const { addresses } of probe.history.slice(firstSet)) {
        expect(addresses).toHaveLength(1);
        expect(ours).toContain(addresses[0]);
      }
    },
  );

  it('has no unexplained gap, no false promotion and no missing one', async () => {
    expect(await at.settle()).toMatchObject({ unexplainedGaps: 0, falsePromotions: 0, missingPromotions: 0 });
    for (const { name } of pools)
      expect((await promotions(at.plane, name)).every(({ sentence }) => sentence.length > 20)).toBe(true);
  });
}
