import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { whyText } from '../output/why.ts';
import { paragraphs, width } from '../output/width.ts';
import { localTime } from '../output/words.ts';
import { runCli } from '../testing/run-cli.ts';
import { whyView } from '../testing/views.ts';

vi.mock('../platform/pause.ts', async (original) => ({
  ...(await original<typeof import('../platform/pause.ts')>()),
  wallClock: () => Date.parse('2026-01-31T12:00:00.250Z'),
}));
afterEach(() => void vi.unstubAllGlobals());

const at = '2026-01-01T12:00:00.000Z';
const why = (line: readonly string[], view = whyView()) => runCli(['why', 'edge', ...line], () => ({ body: view }));

test.each([
  [[], '/pools/edge/why'],
  [['--at', '10m'], '/pools/edge/why?at=2026-01-31T11%3A50%3A00.250Z'],
  [['--at', '2h ago'], '/pools/edge/why?at=2026-01-31T10%3A00%3A00.250Z'],
  [['--at', '2026-01-30T03:12:00.125Z'], '/pools/edge/why?at=2026-01-30T03%3A12%3A00.125Z'],
  [['--at', '2026-01-30T03:12:00.000Z'], '/pools/edge/why?at=2026-01-30T03%3A12%3A00.000Z'],
  [['--at', '2026-01-30T03:12:00Z'], '/pools/edge/why?at=2026-01-30T03%3A12%3A00Z'],
  [['--at', '2026-01-30T03:12Z'], '/pools/edge/why?at=2026-01-30T03%3A12%3A00Z'],
])('why %j asks for that moment in UTC, with a fraction only where one was given', async (line, path) => {
  expect((await why(line)).asked).toEqual([{ method: 'GET', path, body: null }]);
});

test('a time that is none is refused with what is allowed, before anything is asked', async () => {
  const { asked, stderr, status } = await why(['--at', 'last night']);
  expect([asked, status]).toEqual([[], 2]);
  for (const allowed of ['10m', '14:30', '2026-01-31T12:00']) expect(stderr).toContain(allowed);
});

test('why tells the sentence first, then rules, inputs, who and why, why not each other one, and the way there', async () => {
  const { stdout } = await why([]);
  expect(stdout.split('\n')[0]).toBe('Promote lb2.example.com: lb1.example.com was not heard for 30.1 s.');
  const order = [
    'decision ',
    'Rules\n',
    'Inputs\n',
    'Chosen: lb2.example.com\n',
    'Why not each other one\n',
    'Last changes\n',
  ];
  const places = order.map((part) => stdout.indexOf(part));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  for (const line of [
    /^decision +promote, heartbeat-lost$/m,
    /^R2 +only silence counts in which we could have heard$/m,
    /^silence +30\.2 s, of which 30\.1 s are proven$/m,
    /^ {4}Ready, first in line\.$/m,
    /^lb3\.example\.com +Ready, but only second: lb2 has priority 10\.$/m,
    /^replay +the stored evidence gives this decision again$/m,
  ])
    expect(stdout).toMatch(line);
  expect(stdout).toContain(`${localTime(at)}  promote   heartbeat-lost\n    Promote lb2.example.com.\n`);
  expect(stdout).not.toContain('asked about');
  expect(stdout).not.toContain('Evidence');
});

test('why of a moment tells since when that decision held', async () => {
  const { stdout } = await why(['--at', '10m'], whyView({ at: '2026-01-31T11:50:00.000Z' }));
  expect(stdout).toContain(`asked about  ${localTime('2026-01-31T11:50:00.000Z')}\n`);
  expect(stdout).toMatch(new RegExp(`^since +${localTime(at)}$`, 'm'));
});

test('why of a second tells what else held in it', async () => {
  const changes = whyView().changes.map((change) => ({ ...change, kind: 'keep' as const, because: 'active-healthy' }));
  const besides = [...whyView().changes.slice(0, 1), ...changes.slice(1)];
  const { stdout } = await why(['--at', '10m'], whyView({ besides }));
  expect(stdout).toMatch(/^besides +in the same second: wait, silence; keep, active-healthy$/m);
  expect((await why(['--at', '10m'])).stdout).not.toContain('besides');
});

test('why of a pool that promotes nobody says so', async () => {
  const { stdout } = await why([], whyView({ kind: 'refuse', because: 'no-standby', chosen: null, others: [] }));
  expect(stdout).toContain('Chosen: nobody.');
  expect(stdout).not.toContain('Why not each other one');
});

test('why of evidence that gives another decision now says so', async () => {
  expect((await why([], whyView({ replayed: false }))).stdout).toContain('gives ANOTHER decision now');
});

test('why --evidence prints what was stored, --json the whole', async () => {
  expect((await why(['--evidence'])).stdout).toMatch(/^Evidence\n\{[\s\S]*"members": 3/m);
  expect(JSON.parse((await why(['--json'])).stdout)).toEqual(whyView());
});

test('why is not wider than its terminal', () => {
  vi.stubGlobal('process', { ...process, stdout: { columns: 80 } });
  const long = 'edge1.frankfurt.example.com was not heard for 1 min 35 s, '.repeat(6);
  const view = whyView({
    sentence: long,
    inputs: [{ name: 'maintenance of the member', value: long }],
    others: [{ memberId: 'member000001', hostname: `${'edge1.'.repeat(12)}example.com`, because: long }],
    changes: [{ at, kind: 'refuse', because: 'automatic-failover-off', sentence: long }],
  });
  const shown = paragraphs(whyText(view, { asked: true, evidence: true, colour: true }), null);
  for (const line of shown.split('\n')) expect(width(line)).toBeLessThanOrEqual(80);
});

test('each rule that why names has its row in the reference', () => {
  const named = readFileSync(new URL('../output/rules.ts', import.meta.url), 'utf8').matchAll(/^ {2}(R\d+):/gm);
  const reference = readFileSync(new URL('../../../../docs/reference/rules.md', import.meta.url), 'utf8');
  const rows = new Set(reference.match(/R\d+/g));
  expect(Array.from(named, ([, rule]) => rule).filter((rule) => !rows.has(rule ?? ''))).toEqual([]);
});
