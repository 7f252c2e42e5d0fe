import type { DnsName } from '@serverctl/core';
import { type Fault as EmulatorFault, wrongReplies } from '@serverctl/dns/testing';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { cloudflareKind } from '../../apps/server/src/services/dns-providers/cloudflare.ts';
import { createOutbound } from '../../apps/server/src/services/outbound.ts';
import { type CellZone, lockOutSeconds } from './cell-zone.ts';
import { startEmulated } from './emulated.ts';
import { instance } from './fleet.ts';
import { holdAt } from './held-write.ts';
import { countMeetings } from './meetings.ts';

/** A cell at an emulated Cloudflare of its own, over the server's own way to it. */
export async function openCloudflareZone(number: number): Promise<CellZone> {
  const zoneName = `f${number}.test` as DnsName;
  const name = `lb.${zoneName}` as DnsName;
  const { emulator, zone, token, held, onChange } = await startEmulated(zoneName);
  const { records } = zone;
  const port = Number(new URL(emulator.apiBase).port);
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host: '127.0.0.1', port }] });
  const kind = cloudflareKind({ clock: systemClock, random: systemRandom, outbound, instance });
  const settings = { provider: 'cloudflare', apiBase: emulator.apiBase, zoneIds: {}, plan: 'free' } as const;

  let [effects, serial] = [0, records.serial];
  onChange(() => {
    if (records.serial !== serial) effects += 1;
    ({ serial } = records);
  });
  /** By somebody else: no write of ours. */
  const change = async (act: () => void) => {
    const before = records.serial;
    act();
    ({ serial } = records);
    await emulator.change(zone, [name], () => undefined);
    return serial !== before;
  };
  const own = () => records.list().filter(({ type }) => type === 'A');
  const write = { methods: ['PATCH'] };
  const recreate = () => {
    for (const { id, ...record } of own()) {
      records.remove(id);
      records.create({ ...record });
    }
    ({ serial } = records);
  };
  const others = () => {
    records.create({ type: 'TXT', name: `_acme-challenge.${zoneName}`, content: 'of a certificate', ttl: 60 });
    ({ serial } = records);
  };
  const meetings = countMeetings();
  const arm = (fault: EmulatorFault) => () => {
    meetings.arm();
    emulator.inject(fault, { ...write, onMet: meetings.note });
  };

  return {
    ...{ zone: zoneName, name, provider: kind.open(settings, token) },
    comparesAndSets: false,
    answer: async () => held(name),
    effects: () => effects,
    met: meetings.met,
    armed: {
      'lost-reply': arm({ kind: 'close', applied: true }),
      'error-after': arm({ kind: 'after', reply: wrongReplies.page(502) }),
      'lost-request': arm({ kind: 'silence', applied: false }),
      page: arm({ kind: 'before', reply: wrongReplies.page(200) }),
      'rate-limited': arm({ kind: 'lock-out', seconds: lockOutSeconds }),
      'stale-id': arm({ kind: 'drift', change: recreate }),
      'other-records': arm({ kind: 'drift', change: others }),
    },
    holdNextWrite: () => holdAt(emulator, write),
    put: (addresses) =>
      change(() => {
        const [first, ...others] = own();
        const [address, ...more] = addresses;
        if (first !== undefined && address !== undefined) records.patch(first.id, { content: address });
        for (const { id } of address === undefined ? own() : others) records.remove(id);
        for (const content of more) records.create({ type: 'A', name, content, ttl: 60 });
      }),
    removeMark: () =>
      change(() => {
        for (const { id } of own()) records.patch(id, { comment: null });
      }),
    stop: () => emulator.stop(),
  };
}
