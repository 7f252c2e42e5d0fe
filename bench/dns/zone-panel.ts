import { type DnsName, markName } from '@serverctl/core';
import type { Fault as EmulatorFault, Prepared } from '@serverctl/dns/testing';
import { type Service, wrongReplies } from '@serverctl/testkit/cpanel';
import { type CellZone, lockOutSeconds } from './cell-zone.ts';
import { startEmulatedPanel } from './emulated-panel.ts';
import { holdAt } from './held-write.ts';
import { countMeetings } from './meetings.ts';

const lagMs = 10_000;
/** A timer may be early by its last fraction. */
const leastLagMs = 0.9 * lagMs;
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
  /** Ours, by the serial that they made. */
  const writtenAt = new Map<number, number>();
  const meetings = countMeetings();
  emulator.addPeer(async ({ serial }) => {
    if (somebodys.has(serial)) return;
    effects += 1;
    writtenAt.set(serial, performance.now());
  });
  let served: readonly string[] = [];
  let lags = false;
  const peer = emulator.addPeer(async ({ serial, records }) => {
    if (lags && performance.now() - (writtenAt.get(serial) ?? Number.POSITIVE_INFINITY) >= leastLagMs) meetings.note();
    served = records.filter((one) => one.name === name && one.type === 'A').map(({ data }) => data.join(' '));
  });
  /** By somebody else: no write of ours. */
  const change = async (act: () => void) => {
    const before = zone.serial;
    await emulator.change(zone, () => {
      act();
      somebodys.add(zone.serial);
    });
    return zone.serial !== before;
  };
  const put = (addresses: readonly string[]) => {
    zone.drop(name, 'A');
    for (const address of addresses) zone.append(`${name}.`, 'A', address, 60);
  };
  const others = async () => void (await change(() => zone.append('_acme-challenge', 'TXT', 'of a certificate')));
  const recreate = async () => void (await change(() => put(zone.held(name, 'A'))));
  const arm =
    (fault: EmulatorFault, times = 1) =>
    () => {
      meetings.arm(times);
      emulator.inject(fault, { ...write, times, onMet: meetings.note });
    };
  const lag = () => {
    meetings.arm();
    lags = true;
    peer.arrives({ ms: lagMs });
  };
  const tooMany: Prepared = {
    ...wrongReplies.page(429),
    headers: { 'content-type': 'text/html', 'retry-after': `${lockOutSeconds}` },
  };

  return {
    ...{ zone: zoneName, name, provider: open() },
    comparesAndSets: true,
    answer: async () => served,
    effects: () => effects,
    met: meetings.met,
    armed: {
      'lost-reply': arm({ kind: 'close', applied: true }),
      'error-after': arm({ kind: 'after', reply: wrongReplies.page(502) }),
      'lost-request': arm({ kind: 'silence', applied: false }),
      page: arm({ kind: 'before', reply: wrongReplies.page(200) }),
      'rate-limited': arm({ kind: 'before', reply: tooMany }),
      'locked-out': arm({ kind: 'lock-out', seconds: lockOutSeconds }),
      'stale-id': arm({ kind: 'drift', change: recreate }),
      'other-records': arm({ kind: 'drift', change: others }),
      'busy-zone': arm({ kind: 'drift', change: others }, busyTries),
      lagging: lag,
    },
    holdNextWrite: () => holdAt(emulator, write),
    put: (addresses) => change(() => put(addresses)),
    removeMark: () => change(() => zone.drop(markName({ name }), 'TXT')),
    stop: () => emulator.stop(),
  };
}
