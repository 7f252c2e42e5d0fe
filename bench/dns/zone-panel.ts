import { type DnsName, markName } from '@serverctl/core';
import type { Prepared } from '@serverctl/dns/testing';
import { type Service, wrongReplies } from '@serverctl/testkit/cpanel';
import { type CellZone, lockOutSeconds } from './cell-zone.ts';
import { startEmulatedPanel } from './emulated-panel.ts';
import { holdAt } from './held-write.ts';

const lagMs = 10_000;
/** The adapter tries four times in one call. */
const busyTries = 5;
const write = { methods: ['POST'], path: /mass_edit/ };

/**
 * A cell at an emulated panel of its own, over the server's own way to it. What clients would ask is a name server of the panel's cluster,
 * which gets the zone from it.
 */
export async function openPanelZone(panel: Service, number: number): Promise<CellZone> {
  const zoneName = `${panel.slice(0, 1)}${number}.test` as DnsName;
  const name = `lb.${zoneName}` as DnsName;
  const { emulator, zone, open } = await startEmulatedPanel(panel, zoneName);

  let effects = 0;
  const somebodys = new Set<number>();
  emulator.addPeer(async ({ serial }) => {
    if (!somebodys.has(serial)) effects += 1;
  });
  let served: readonly string[] = [];
  const peer = emulator.addPeer(async ({ records }) => {
    served = records.filter((one) => one.name === name && one.type === 'A').map(({ data }) => data.join(' '));
  });
  /** By somebody else: no write of ours. */
  const change = (act: () => void) =>
    emulator.change(zone, () => {
      act();
      somebodys.add(zone.serial);
    });
  const put = (addresses: readonly string[]) => {
    zone.drop(name, 'A');
    for (const address of addresses) zone.append(`${name}.`, 'A', address, 60);
  };
  const others = () => change(() => zone.append('_acme-challenge', 'TXT', 'of a certificate'));
  const recreate = () => change(() => put(zone.held(name, 'A')));
  const tooMany: Prepared = {
    ...wrongReplies.page(429),
    headers: { 'content-type': 'text/html', 'retry-after': `${lockOutSeconds}` },
  };

  return {
    ...{ zone: zoneName, name, provider: open() },
    comparesAndSets: true,
    answer: async () => served,
    effects: () => effects,
    armed: {
      'lost-reply': () => void emulator.inject({ kind: 'close', applied: true }, write),
      'error-after': () => void emulator.inject({ kind: 'after', reply: wrongReplies.page(502) }, write),
      'lost-request': () => void emulator.inject({ kind: 'silence', applied: false }, write),
      page: () => void emulator.inject({ kind: 'before', reply: wrongReplies.page(200) }, write),
      'rate-limited': () => void emulator.inject({ kind: 'before', reply: tooMany }, write),
      'locked-out': () => void emulator.inject({ kind: 'lock-out', seconds: lockOutSeconds }, write),
      'stale-id': () => void emulator.inject({ kind: 'drift', change: recreate }, write),
      'other-records': () => void emulator.inject({ kind: 'drift', change: others }, write),
      'busy-zone': () => void emulator.inject({ kind: 'drift', change: others }, { ...write, times: busyTries }),
      lagging: () => peer.arrives({ ms: lagMs }),
    },
    holdNextWrite: () => holdAt(emulator, write),
    put: (addresses) => change(() => put(addresses)),
    removeMark: () => change(() => zone.drop(markName({ name }), 'TXT')),
    stop: () => emulator.stop(),
  };
}
