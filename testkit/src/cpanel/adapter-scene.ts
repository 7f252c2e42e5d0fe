import type { DnsName, Ipv4, Mark, PoolId, RecordRef, RecordView } from '@serverctl/core';
import type { CpanelOptions } from '@serverctl/dns';
import { onTestFinished } from 'vitest';
import type { Service } from './access.ts';
import { createEmulatedAdapter, owner, us } from './adapter.ts';
import { startCpanelEmulator } from './emulator.ts';
import { refusals } from './refusal.ts';

export const zoneName = 'example.test' as DnsName;
export const one = '192.0.2.1' as Ipv4;
export const two = '192.0.2.2' as Ipv4;
export const nothing: RecordView = { rrset: null, mark: { kind: 'none' }, cname: false };

export function refOf(label: string): RecordRef {
  return { zone: zoneName, name: `${label}.${zoneName}` as DnsName, type: 'A' };
}

export const ref = refOf('lb');

export function markOf(epoch: number): Mark {
  return { instance: us, pool: 'pppppppppppp' as PoolId, epoch };
}

/** Long enough for loopback; a test that needs it is a failure. */
export const soon = () => AbortSignal.timeout(60_000);

/** A panel with one zone and a token that may do all, and providers that ask it; ended with the test. */
export async function servingAdapter(panel: Service, serial = 2_026_110_100) {
  const emulator = await startCpanelEmulator({ now: () => 0 });
  const zone = emulator.addZone(zoneName, serial);
  emulator.addToken({ service: panel, user: owner, value: 'good' });
  const adapter = createEmulatedAdapter(emulator, panel, { pin: emulator.certificate.sha256 });
  onTestFinished(async () => {
    adapter.stop();
    await emulator.stop();
  });
  const open = (more: Partial<CpanelOptions> = {}) => adapter.open({ instance: us, token: 'good', ...more });
  const asked = (path: RegExp) => emulator.exchanges.filter((exchange) => path.test(exchange.path));
  return {
    ...{ emulator, zone, open },
    reads: () => asked(/parse/),
    edits: () => asked(/mass_edit/),
    /** As somebody does by hand. */
    put: (name: string, type: string, ...values: readonly string[]) =>
      emulator.change(zone, () => {
        zone.drop(name, type);
        for (const value of values) zone.append(`${name}.`, type, value, 60);
      }),
    /** Whenever an edit comes, something in the zone changes right before it, so many times: where not said otherwise, another name. */
    contend(times: number, act = () => zone.append('www', 'A', '198.51.100.8')) {
      const change = () => emulator.change(zone, act);
      emulator.inject({ kind: 'drift', change }, { path: /mass_edit/, times });
    },
    /** The panel speaks its administrator's language and gives no type: nobody knows its words. */
    speakOtherwise() {
      const change = (reply: { text: string }) => {
        const { status, metadata } = JSON.parse(reply.text);
        if (status === 0) reply.text = JSON.stringify({ status, data: null, errors: [unknownWords] });
        if (metadata?.result === 0) reply.text = JSON.stringify({ metadata: { ...metadata, reason: unknownWords } });
      };
      emulator.inject({ kind: 'alter', change }, { path: /mass_edit/, times: Number.POSITIVE_INFINITY });
    },
    /** The panel looks at the names of an edit before it looks at the serial, and refuses these in words that say nothing. */
    judgeFirst(names: readonly string[]) {
      const apply = zone.apply.bind(zone);
      zone.apply = (edit, firstOfDay) => {
        const isBad = names.some((name) => JSON.stringify(edit).includes(`${name}.`));
        if (isBad) throw refusals.invalid('not this name');
        apply(edit, firstOfDay);
      };
    },
    /** Reads, then writes what was read before; `more` = how it waits. */
    async replace(more: Partial<CpanelOptions> = {}, address = two) {
      const provider = open(more);
      const expected = await provider.read(ref, soon());
      return provider.replace({ ref, expected, next: { address, ttlSeconds: 60 }, mark: markOf(2) }, soon());
    },
  };
}

const unknownWords = 'Zona vetusta est.';
