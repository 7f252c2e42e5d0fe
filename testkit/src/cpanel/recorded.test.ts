import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DnsName } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { markOf, nothing, ref, servingAdapter, soon, two } from './adapter-scene.ts';
import type { ZoneLine } from './index.ts';
import { plain, recordText, type SeenLine, serving } from './testing.ts';

/*
 * Holds what the emulator answers against replies that three other clients of the two APIs are tested with. Their `messages` of a failure,
 * and the reason of WHM's, are made up and left out.
 */
const path = join(import.meta.dirname, '../../../../shared/data');
const folders = ['cpanel-lego', 'cpanel-webhook', 'whm-lego'];
const missing = folders.filter((folder) => !existsSync(join(path, folder)));
const reason = missing.length === 0 ? null : `optional data: ../shared/data/${missing.join(', ')} not there`;
const recorded = (name: string) => JSON.parse(readFileSync(join(path, `${name}.json`), 'utf8'));

const mail = recordText('@', '', { record_type: 'MX', data: ['10', 'mail.test.'] });

/** The fields of a value and their kinds, of a list those of its last. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return [shape(value.at(-1))];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, shape(part)]));
}

/** The lines of a file in which the recorded records stand where they stood. */
function linesAround(records: readonly SeenLine[]): readonly ZoneLine[] {
  const lines: ZoneLine[] = [];
  let next = 0;
  for (const { line_index, record_type, dname_b64, ttl, data_b64 } of records) {
    for (; next < line_index; next += 1) lines.push({ kind: 'comment', text: ';' });
    const type = record_type ?? '';
    lines.push({ kind: 'record', dname: plain(dname_b64), type, ttl: ttl ?? 0, data: (data_b64 ?? []).map(plain) });
    next += type === 'SOA' ? 7 : 1;
  }
  return lines;
}

describe.skipIf(reason !== null)(`recorded replies${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it.each(['parse_zone-1', 'parse_zone-2', 'parse_zone-3', 'parse_zone-4'])(
    'of %s are what a zone of these lines is shown as',
    async (name) => {
      const { zone, uapi } = await serving();
      const { data } = recorded(`cpanel-webhook/${name}`) as { data: readonly SeenLine[] };
      zone.write(linesAround(data));
      const { body } = await uapi('DNS/parse_zone', { zone: 'example.test' });
      const shown = body?.['data'] as readonly SeenLine[] | undefined;
      expect(shown?.filter(({ type }) => type === 'record')).toEqual(data);
      expect(zone.serial).toBe(2_022_040_505);
    },
  );

  it.each(['parse_zone-2', 'parse_zone-3'])(
    'of %s are a zone that the adapter writes to, and every record in it stays as it is',
    async (name) => {
      const { emulator, open } = await servingAdapter('cpanel');
      const zone = emulator.addZone('example.com');
      zone.write(linesAround((recorded(`cpanel-webhook/${name}`) as { data: readonly SeenLine[] }).data));
      const others = () => zone.records().filter((record) => record.type !== 'SOA' && !record.name.endsWith(to.name));
      const to = { zone: zone.name as DnsName, name: `lb.${zone.name}` as DnsName, type: 'A' } as const;
      const before = others();
      const request = { ref: to, expected: nothing, next: { address: two, ttlSeconds: 60 }, mark: markOf(1) };
      expect(await open().replace(request, soon())).toMatchObject({ outcome: 'written' });
      expect([others(), zone.held(to.name, 'A')]).toEqual([before, [two]]);
    },
  );

  it.each([
    ['cpanel', 'update-zone', 'written'],
    ['cpanel', 'update-zone_error', 'dns_request_refused'],
    ['whm', 'update-zone', 'written'],
    ['whm', 'update-zone_error', 'dns_request_refused'],
  ] as const)('of %s as %s answer an edit of the adapter: %s', async (panel, name, came) => {
    const { emulator, open } = await servingAdapter(panel);
    const reply = { status: 200, text: JSON.stringify(recorded(`${panel}-lego/${name}`)) };
    emulator.inject({ kind: 'before', reply }, { path: /mass_edit/ });
    const request = { ref, expected: nothing, next: { address: two, ttlSeconds: 60 }, mark: markOf(1) };
    const outcome = await open()
      .replace(request, soon())
      .then(
        (replaced) => replaced.outcome,
        (error) => error.code,
      );
    expect(outcome).toBe(came);
  });

  it('of UAPI have the fields of ours, in success and in failure', async () => {
    const { emulator, edit, uapi } = await serving();
    emulator.addZone('example.com');
    expect(shape((await edit({ add: mail })).body)).toEqual(shape(recorded('cpanel-lego/update-zone')));
    expect(shape((await uapi('DNS/parse_zone', { zone: 'example.test' })).body)).toEqual(
      shape(recorded('cpanel-lego/zone-info')),
    );
    const poor = emulator.addToken({ service: 'cpanel', user: 'poor', value: 'P', zones: [] });
    for (const [name, path] of [
      ['zone-info_error', 'DNS/parse_zone'],
      ['update-zone_error', 'DNS/mass_edit_zone'],
    ] as const) {
      const { body } = await uapi(path, { zone: 'example.com', serial: '1', add: mail }, poor);
      expect({ ...body, messages: null }).toEqual({ ...recorded(`cpanel-lego/${name}`), messages: null });
    }
  });

  it('of WHM have the fields of ours, in success and in failure', async () => {
    const { zone, whm } = await serving();
    const here = { zone: 'example.test', serial: `${zone.serial}`, add: mail };
    const calls = [
      ['update-zone', 'mass_edit_dns_zone', here],
      ['zone-info', 'parse_dns_zone', here],
      ['update-zone_error', 'mass_edit_dns_zone', here],
      ['zone-info_error', 'parse_dns_zone', { zone: 'nowhere.test' }],
    ] as const;
    for (const [name, command, parameters] of calls) {
      const { body } = await whm(command, parameters);
      const then = recorded(`whm-lego/${name}`);
      expect(shape(body)).toEqual(shape(then));
      const { command: named, result, version } = then.metadata;
      expect(body?.['metadata']).toMatchObject({ command: named, result, version });
    }
  });
});
