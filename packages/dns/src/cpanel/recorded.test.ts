import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DnsName } from '@serverctl/core';
import { describe, expect, it } from 'vitest';
import { soon } from '../contract/subject.ts';
import { createClient } from './client.ts';
import type { Panel } from './envelope.ts';
import { token } from './testing.ts';
import { parseZoneText } from './zone-text.ts';

/*
 * Holds what we read against bodies that other clients of the panels are tested with. What one of them holds of a zone is its MX alone, so it
 * is no zone to us.
 */
const path = join(import.meta.dirname, '../../../../../shared/data');
const sets = ['cpanel-lego', 'whm-lego', 'cpanel-webhook'];
const missing = sets.filter((name) => !existsSync(join(path, name)));
const reason =
  missing.length === 0
    ? null
    : `optional data: ${missing.map((name) => `../shared/data/${name}`).join(', ')} is not there`;
const recorded = (name: string) => readFileSync(join(path, `${name}.json`), 'utf8');
const zone = 'example.com' as DnsName;
const noEdits = { add: [], edit: [], remove: [] };

function answered(panel: Panel, text: string) {
  const http = { request: async () => ({ status: 200, headers: {}, text, isCut: false }) };
  return createClient({ http, panel, user: 'owner', token });
}

describe.skipIf(reason !== null)(`recorded replies${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it.each(['cpanel', 'whm'] as const)('of %s tell that an edit was made, by a serial that is a text', async (panel) => {
    const client = answered(panel, recorded(`${panel}-lego/update-zone`));
    expect(await client.edit(zone, 2_021_031_902, noEdits, soon())).toEqual({ kind: 'applied' });
  });

  it.each([
    ['cpanel', 'You do not control a DNS zone named example.com.'],
    ['whm', 'There is a problem'],
  ] as const)('of %s refuse in words, with HTTP 200', async (panel, said) => {
    const edit = await answered(panel, recorded(`${panel}-lego/update-zone_error`)).edit(zone, 7, noEdits, soon());
    if (edit.kind !== 'refused') return expect.fail(edit.kind);
    expect(edit.as('dns_not_allowed')).toMatchObject({ code: 'dns_not_allowed', details: { said } });
    const reading = answered(panel, recorded(`${panel}-lego/zone-info_error`)).readZone(zone, soon());
    await expect(reading).rejects.toMatchObject({ code: 'dns_zone_not_served', details: { said } });
  });

  it.each(['cpanel', 'whm'] as const)('of %s hold lines where they are looked for', async (panel) => {
    const reading = answered(panel, recorded(`${panel}-lego/zone-info`)).readZone(zone, soon());
    await expect(reading).rejects.toMatchObject({ code: 'dns_reply_malformed', details: { because: 'no-serial' } });
  });

  it.each([
    [1, []],
    [2, [{ lineIndex: 18, fields: ['test-value'] }]],
    [
      3,
      [
        { lineIndex: 17, fields: ['test-value-other'] },
        { lineIndex: 18, fields: ['test-value'] },
      ],
    ],
    [4, []],
  ])('hold a zone with a serial, and names below it: %d', (n, texts) => {
    const parsed = parseZoneText(JSON.parse(recorded(`cpanel-webhook/parse_zone-${n}`)).data, zone);
    if (typeof parsed === 'string') return expect.fail(parsed);
    expect(parsed.serial).toBe(2_022_040_505);
    expect(parsed.records.filter(({ type }) => type === 'TXT')).toEqual(
      texts.map((text) => ({ ...text, name: 'dummy.example.com', type: 'TXT', ttlSeconds: 1 })),
    );
  });
});
