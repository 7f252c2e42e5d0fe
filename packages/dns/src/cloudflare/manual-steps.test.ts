import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMark, type PoolId } from '@serverctl/core';
import { expect, onTestFinished, test } from 'vitest';
import { markOf, soon } from '../contract/subject.ts';
import type { MoveByHand } from '../manual-step.ts';
import { manualSteps } from '../manual-steps.ts';
import { runProgram } from '../testing/program.ts';
import { one, one6, ref, ref6, serving, token, two, two6, zoneName } from './testing.ts';

const move: MoveByHand = {
  ...{ pool: 'pppppppppppp' as PoolId, paused: true, ref, ttlSeconds: 60, mark: markOf(1), pending: null },
  targets: [{ hostname: 'lb2.example.test', address: two }],
};
const commandsOf = (place: { apiBase: string; zoneIds?: Record<string, string> }, of = move) =>
  manualSteps({ provider: 'cloudflare', ...place }, of)
    .flatMap(({ commands }) => commands)
    .filter((line) => line.startsWith('curl'));

const six: MoveByHand = { ...move, ref: ref6, targets: [{ hostname: 'lb2.example.test', address: two6 }] };

test.each([
  ['A', move, one, two],
  ['AAAA', six, one6, two6],
])(
  'the lines as they stand move the %s; mark, TTL and proxy status stay, and the other record',
  async (type, of, was, is) => {
    const served = await serving();
    const others = type === 'A' ? { type: 'AAAA', content: one6 } : { type: 'A', content: one };
    const other = served.given({ ...others, proxied: true, ttl: 1 });
    const before = served.given({
      ...{ type, content: was, ttl: 1, proxied: true },
      comment: `ask Eva ${formatMark(markOf(1))}`,
    });
    const directory = await mkdtemp(join(tmpdir(), 'sct-by-hand-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'header'), `Authorization: Bearer ${token}\n`, { mode: 0o600 });
    const [find = '', look = '', patch = ''] = commandsOf({ apiBase: served.emulator.apiBase }, of);
    const run = async (line: string) => {
      const filled = line
        .replace('HEADERFILE', join(directory, 'header'))
        .replace('ZONE_ID', served.zone.id)
        .replace('RECORD_ID', before.id);
      const { status, stdout } = await runProgram(['sh'], `${filled}\n`, process.env);
      return { status, body: JSON.parse(stdout) };
    };
    expect((await run(find)).body.result[0].id).toBe(served.zone.id);
    expect((await run(look)).body.result).toMatchObject([{ id: before.id, content: was, comment: before.comment }]);
    expect(await run(patch)).toMatchObject({ status: 0, body: { success: true } });
    expect(served.records()).toEqual([other, { ...before, content: is, modified_on: expect.any(String) }]);
    const view = await served.provider.read(of.ref, soon());
    expect(view).toMatchObject({ mark: { kind: 'ours', mark: markOf(1) }, note: 'ask Eva' });
  },
);

test('each type has words of its own, and says that it is not about the other one', () => {
  const texts = manualSteps({ provider: 'cloudflare', apiBase: 'https://api.test' }, six).map(({ text }) => text);
  expect(texts.join('\n')).toContain(`the AAAA record ${ref6.name}: Edit, set the address to one of ${two6}`);
  expect(texts.join('\n')).toContain('and the A record of the name');
});

test('a record that may not be there yet is edited or added; without an address to move it to, nothing is to be done', () => {
  const textsOf = (of: MoveByHand) =>
    manualSteps({ provider: 'cloudflare', apiBase: 'https://api.test' }, of).map(({ text }) => text);
  expect(textsOf({ ...move, mark: null }).join()).toContain(
    'Edit (Add record where there is none yet), set the address',
  );
  expect(textsOf({ ...move, targets: [] })).toEqual([
    `No member of the pool pppppppppppp has a public IPv4 address, so there is none that the A record of ${ref.name} could be moved to. Nothing is to be done by hand.`,
  ]);
});

test('a zone whose id is known is not looked for, and nothing that was stored leaves its quotes', () => {
  const apiBase = "https://api.test/client/v4/'; rm -rf $HOME; '";
  const lines = commandsOf({ apiBase, zoneIds: { [zoneName]: "abc'$(x)" } });
  expect(lines).toHaveLength(2);
  expect(lines.join('\n')).not.toMatch(/rm -rf|\$|'.*;/);
  expect(lines[0]).toContain('/zones/abcx/dns_records');
});
