import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMark, type PoolId } from '@serverctl/core';
import { expect, onTestFinished, test } from 'vitest';
import { startCpanelEmulator } from '../../../../testkit/src/cpanel/index.ts';
import { markOf } from '../contract/subject.ts';
import type { MoveByHand } from '../manual-step.ts';
import { manualSteps } from '../manual-steps.ts';
import { runProgram } from '../testing/program.ts';
import type { PanelPlace } from './manual-steps.ts';
import { one, ref, two, zoneName } from './testing.ts';

const move: MoveByHand = {
  ...{ pool: 'pppppppppppp' as PoolId, paused: true, ref, ttlSeconds: 60, mark: markOf(1), pending: null },
  targets: [{ hostname: 'lb2.example.test', address: two }],
};
const place: PanelPlace = { host: '192.0.2.10', port: 2083, user: 'owner', serverName: null, ca: null, pin: null };
const linesOf = (provider: 'cpanel' | 'whm', at: PanelPlace, of = move) =>
  manualSteps({ provider, ...at }, of).flatMap(({ commands }) => commands);
const textOf = (provider: 'cpanel' | 'whm', at: PanelPlace, of = move) =>
  manualSteps({ provider, ...at }, of)
    .map(({ text }) => text)
    .join('\n');

/** A panel with a zone, and a shell in a directory that has the header in a file. */
async function serving(panel: 'cpanel' | 'whm') {
  const emulator = await startCpanelEmulator();
  onTestFinished(() => emulator.stop());
  const zone = emulator.addZone(zoneName);
  const header = emulator.addToken({ service: panel, user: 'owner', value: 'T0KEN' });
  const directory = await mkdtemp(join(tmpdir(), 'sct-by-hand-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'HEADERFILE'), `Authorization: ${header}\n`, { mode: 0o600 });
  const run = async (line: string) => (await runProgram(['sh'], `cd '${directory}'\n${line}\n`, process.env)).stdout;
  const { port } = new URL(emulator.bases[panel]);
  const pin = emulator.certificate.sha256.replaceAll(':', '');
  const at = { ...place, host: '127.0.0.1', port: Number(port), pin };
  /** The lines, with the name that the certificate shows where a person puts it. */
  const lines = (of = move) => linesOf(panel, at, of).map((line) => line.replaceAll('CERTNAME', 'server.panel.test'));
  return { emulator, zone, lines, run };
}

test.each(['cpanel', 'whm'] as const)(
  'of %s the lines as they stand move the record; the mark stays, and serial and line come from what was just read',
  async (panel) => {
    const { zone, lines, run, emulator } = await serving(panel);
    zone.append('lb', 'A', one, 60);
    zone.append('_serverctl.lb', 'TXT', formatMark(markOf(1)), 60);
    const [take = '', compare = '', names = '', look = '', edit = ''] = lines();
    await run(take);
    expect(await run(names)).toContain('server.panel.test');
    expect(await run(compare)).toContain(`=${emulator.certificate.sha256.replaceAll(':', '')}`);
    const seen = (await run(look))
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    const soa = seen.find(([, , type]) => type === 'SOA');
    const line = seen.find(([, , type]) => type === 'A');
    expect(seen.find(([, , type]) => type === 'TXT')?.[4]).toBe(formatMark(markOf(1)));
    const filled = (serial: string) => edit.replace('SERIAL', serial).replace('LINE_INDEX', line?.[0] ?? '');
    const serial = soa?.[4]?.split(' ')[2] ?? '';
    expect(await run(filled(`${Number(serial) - 1}`))).not.toContain('new_serial');
    expect(zone.held(ref.name, 'A')).toEqual([one]);
    expect(await run(filled(serial))).toContain('new_serial');
    expect(zone.held(ref.name, 'A')).toEqual([two]);
    expect(zone.held(`_serverctl.${ref.name}`, 'TXT')).toEqual([formatMark(markOf(1))]);
  },
);

test('a record that is not there yet is added', async () => {
  const { zone, lines, run } = await serving('cpanel');
  const [take = '', , , , , add = ''] = lines({ ...move, mark: null });
  await run(take);
  expect(await run(add.replace('SERIAL', `${zone.serial}`))).toContain('new_serial');
  expect(zone.held(ref.name, 'A')).toEqual([two]);
});

test('each panel has its own words, file of authorities and none where it is publicly known', () => {
  expect(textOf('cpanel', place)).toMatch(/In cPanel, as owner: Domains, Zone Editor/);
  expect(textOf('whm', place)).toMatch(/In WHM, as owner: DNS Functions, DNS Zone Manager/);
  expect(textOf('cpanel', place)).toContain('take serial and line_index from what comes then');
  expect(linesOf('cpanel', place).join('\n')).not.toContain('CAFILE');
  const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const lines = linesOf('whm', { ...place, ca });
  expect(lines).toEqual(expect.arrayContaining(["cat > CAFILE <<'END'", 'AAAA', 'END']));
  expect(lines.join('\n')).toContain('--cacert CAFILE');
});

test('of several members the steps say that one of them is made', () => {
  const both = { ...move, targets: [...move.targets, { hostname: 'lb1.example.test', address: one }] };
  expect(textOf('whm', place, both).match(/Only one of these 2 steps/g)).toHaveLength(2);
  expect(textOf('whm', place)).not.toContain('Only one');
});

test('nothing that was stored leaves its quotes', () => {
  const host = "panel.test'; rm -rf $HOME; '";
  const ca = '-----BEGIN CERTIFICATE-----\nAAAA\nEND\nrm -rf $HOME\n-----END CERTIFICATE-----\n';
  const lines = [
    ...linesOf('cpanel', { ...place, host, serverName: host, ca }),
    ...linesOf('whm', { ...place, host, serverName: host, pin: "AB'; rm -rf $HOME" }),
  ];
  expect(lines.join('\n')).not.toMatch(/rm -rf|\$HOME/);
});
