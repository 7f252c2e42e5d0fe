import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  classifyDrift,
  type DnsName,
  formatMark,
  type Ipv4,
  type Ipv6,
  type Mark,
  type MemberId,
  type PoolId,
  type PromotionId,
} from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { soon, us } from '../contract/subject.ts';
import type { MoveByHand } from '../manual-step.ts';
import { manualSteps } from '../manual-steps.ts';
import { renderKey } from '../testing/bind-config.ts';
import { startTestBind, type TestBind, whyNoBind } from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { runProgram } from '../testing/program.ts';
import { createRfc2136Provider } from './index.ts';

const pool = 'bbbbbbbbbbbb' as PoolId;
const promotion = 'cccccccccccc' as PromotionId;
const mark: Mark = { instance: us, pool, epoch: 3, promotion };
const [one, two] = ['198.51.100.11', '198.51.100.12'] as [Ipv4, Ipv4];
const move: MoveByHand = {
  pool,
  paused: false,
  ref: { zone: 'example.test' as DnsName, name: 'lb.example.test' as DnsName, type: 'A' },
  ttlSeconds: 30,
  mark,
  pending: null,
  targets: [
    { hostname: 'lb1.example.test', address: one },
    { hostname: 'lb2.example.test', address: two },
  ],
};
const [one6, two6] = ['2001:db8::11', '2001:db8::12'] as [Ipv6, Ipv6];
const move6: MoveByHand = {
  ...move,
  ref: { ...move.ref, type: 'AAAA' },
  targets: [
    { hostname: 'lb1.example.test', address: one6 },
    { hostname: 'lb2.example.test', address: two6 },
  ],
};
const place = { provider: 'rfc2136', host: '192.0.2.53', port: 53, keyName: 'edge', algorithm: 'hmac-sha256' } as const;
const scriptsOf = (steps: ReturnType<typeof manualSteps>) =>
  steps.map(({ commands }) => commands).filter(([first]) => first?.startsWith('nsupdate'));

test('a script for each member, and words on the pause before and the drift after', () => {
  const steps = manualSteps(place, move);
  expect(scriptsOf(steps)).toHaveLength(2);
  expect(steps[0]?.commands).toEqual(['serverctl pool pause bbbbbbbbbbbb --reason "record moved by hand"']);
  expect(steps.at(-1)?.text).toMatch(/drift, R21.*dns\.drift/);
  expect(steps.at(-1)?.commands.map((line) => line.split(' ')[2])).toEqual(['adopt', 'repair']);
});

test('a paused pool is not paused again, and ends by a resume that says who is right', () => {
  const steps = manualSteps(place, { ...move, paused: true });
  expect(steps.flatMap(({ commands }) => commands).join('\n')).not.toMatch(/pool pause|pool adopt/);
  expect(steps.at(-1)?.commands).toEqual([
    'serverctl pool resume bbbbbbbbbbbb --adopt --reason "record moved by hand"',
    'serverctl pool resume bbbbbbbbbbbb --keep --reason "record moved by hand"',
  ]);
});

test('a decision that is still to be written is told: it would be written over the hand’s', () => {
  const pending = { epoch: 4, address: two };
  const last = manualSteps(place, { ...move, pending }).at(-1);
  expect(last?.text).toContain('Epoch 4');
  expect(last?.text).toContain(two);
  expect(manualSteps(place, move).some(({ text }) => text.includes('Epoch 4'))).toBe(false);
});

test('an AAAA is looked at and moved as such; no line is about the A', () => {
  const steps = manualSteps(place, move6);
  const lines = steps.flatMap(({ commands }) => commands);
  expect(lines.filter((line) => / A( |$)/.test(line))).toEqual([]);
  expect(lines).toContain('dig +short -p 53 @192.0.2.53 lb.example.test AAAA');
  expect(scriptsOf(steps)[1]?.slice(-4)).toEqual([
    'update delete lb.example.test. AAAA',
    `update add lb.example.test. 30 AAAA ${two6}`,
    'send',
    'END',
  ]);
});

test('a withdrawal that is still to be written is told as one (R20)', () => {
  const last = manualSteps(place, { ...move6, pending: { epoch: 4, address: null } }).at(-1);
  expect(last?.text).toContain('withdraws the AAAA');
  expect(last?.text).not.toContain('null');
});

test('what was stored as a host brings nothing of its own into the shell', () => {
  const host = "ns1.example.test\nEND\nrm -rf / ; $(id) 'x'";
  const lines = manualSteps({ ...place, host }, move).flatMap(({ commands }) => commands);
  expect(lines.some((line) => /[\n;$]/.test(line))).toBe(false);
  expect(lines.filter((line) => line === 'END')).toHaveLength(2);
});

describe.skipIf(whyNoBind() !== null)('the lines as they stand, on BIND', () => {
  let bind: TestBind;
  let directory: string;
  beforeAll(async () => {
    bind = await startTestBind({ zone: move.ref.zone });
    directory = await mkdtemp(join(tmpdir(), 'sct-by-hand-'));
    await writeFile(join(directory, 'key'), renderKey(bind.keys.sha256), { mode: 0o600 });
  });
  afterAll(async () => {
    await bind.stop();
    await rm(directory, { recursive: true });
  });

  const provider = () =>
    createRfc2136Provider({
      host: bind.address,
      port: bind.port,
      key: bind.keys.sha256,
      instance: us,
      ...host,
    });

  async function publish(written: Mark): Promise<void> {
    const expected = await provider().read(move.ref, soon());
    const next = { address: one, ttlSeconds: 30 };
    await provider().replace({ ref: move.ref, expected, next, mark: written }, soon());
  }

  /** What a person does who copies the script to the second member. */
  function copied(known: Mark | null, to = move) {
    const settings = { ...place, host: bind.address, port: bind.port };
    const script = scriptsOf(manualSteps(settings, { ...to, mark: known }))[1] ?? [];
    const text = script.join('\n').replace('KEYFILE', join(directory, 'key'));
    const { PATH = '', SERVERCTL_BIND_PATH = '', SERVERCTL_BIND_LIBRARIES = '' } = process.env;
    const env = {
      PATH: [SERVERCTL_BIND_PATH, PATH].filter(Boolean).join(delimiter),
      ...(SERVERCTL_BIND_LIBRARIES === '' ? {} : { LD_LIBRARY_PATH: SERVERCTL_BIND_LIBRARIES }),
    };
    return runProgram(['sh'], `${text}\n`, env);
  }

  test('the record moves, the mark stays, and the control plane takes it for a person’s hand (R21)', async () => {
    await publish(mark);
    expect(await copied(mark)).toMatchObject({ status: 0, stderr: '' });
    const view = await provider().read(move.ref, soon());
    expect(view).toMatchObject({ rrset: { addresses: [two], ttlSeconds: 30 }, mark: { kind: 'ours', mark } });
    const members = [one, two].map((address, place) => ({ id: `member00000${place + 1}` as MemberId, address }));
    expect(classifyDrift({ view, address: one, pool, epoch: 3, promotion, members })).toEqual({
      kind: 'other-member',
      action: 'ask',
      memberId: 'member000002',
    });
  });

  test('the AAAA moves alone', async () => {
    await publish(mark);
    const { ref } = move6;
    const expected = await provider().read(ref, soon());
    await provider().replace({ ref, expected, next: { address: one6, ttlSeconds: 30 }, mark }, soon());
    expect(await copied(mark, move6)).toMatchObject({ status: 0, stderr: '' });
    expect(await provider().read(ref, soon())).toMatchObject({
      rrset: { addresses: [two6] },
      mark: { kind: 'ours', mark },
    });
    expect(await bind.dig(ref.name, 'A')).toEqual([one]);
  });

  test.each([
    ['of a promotion that the script does not know', mark, 'NXRRSET'],
    ['where the script knows of none', null, 'YXRRSET'],
  ])('a mark %s refuses the change, and nothing is changed', async (_what, known, refusal) => {
    const later = { ...mark, epoch: 4, promotion: 'dddddddddddd' as PromotionId };
    await publish(later);
    const { status, stderr } = await copied(known);
    expect(status).toBe(2);
    expect(stderr).toContain(refusal);
    expect(await bind.dig(move.ref.name, 'A')).toEqual([one]);
    expect(await bind.dig(`_serverctl.${move.ref.name}`, 'TXT')).toEqual([`"${formatMark(later)}"`]);
  });
});
