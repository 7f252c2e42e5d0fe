import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { memberView } from '../testing/views.ts';

test('member clear-quarantine needs a reason and says that it is judged again', async () => {
  const line = ['member', 'clear-quarantine', 'edge', 'lb1'];
  expect((await runCli(line, () => ({ body: {} }))).status).toBe(2);
  const { asked, stdout } = await runCli([...line, '--reason', 'clone deleted'], () => ({ body: memberView() }));
  expect(asked).toEqual([
    { method: 'POST', path: '/pools/edge/members/lb1/clear-quarantine', body: { reason: 'clone deleted' } },
  ]);
  expect(stdout).toContain('lb1.example.com is out of quarantine');
});

test('member allow allows exactly the address that it showed', async () => {
  const { asked, stdout } = await runCli(['member', 'allow', 'edge', 'lb1', '--yes'], () => ({
    body: memberView({ health: 'refused', refusedSeen: '203.0.113.99', refusedBecause: 'ip' }),
  }));
  expect(asked).toEqual([
    { method: 'GET', path: '/pools/edge/members/lb1', body: null },
    { method: 'POST', path: '/pools/edge/members/lb1/allow', body: { address: '203.0.113.99' } },
  ]);
  expect(stdout).toContain('lb1.example.com may be seen from 203.0.113.99 from now on.');
});

test('member allow without a yes shows the address and allows nothing', async () => {
  const { asked, stderr, status } = await runCli(['member', 'allow', 'edge', 'lb1', '--json'], () => ({
    body: memberView({ health: 'refused', refusedSeen: '203.0.113.99', refusedBecause: 'ip' }),
  }));
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  expect([status, stderr]).toEqual([4, expect.stringContaining('seen from 203.0.113.99')]);
});

test('member allow of a member that nothing was refused of asks for nothing', async () => {
  const { asked, stderr, status } = await runCli(['member', 'allow', 'edge', 'lb1', '--yes'], () => ({
    body: memberView(),
  }));
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  expect([status, stderr]).toEqual([4, expect.stringContaining('member_not_refused')]);
});

test('member allow of a member whose host has another name asks no question about an address, and names the ways out', async () => {
  const refused = { health: 'refused', refusedSeen: 'lb9.example.com', refusedBecause: 'hostname' } as const;
  const { asked, stderr, status } = await runCli(['member', 'allow', 'edge', 'lb1', '--yes'], () => ({
    body: memberView(refused),
  }));
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  expect(status).toBe(4);
  const words = stderr.replace(/\s+/g, ' ');
  for (const part of ['lb9.example.com', 'serverctl member set POOL HOST --hostname', 'serverctl member enrol'])
    expect(words).toContain(part);
  const shown = await runCli(['member', 'show', 'edge', 'lb1'], () => ({ body: memberView(refused) }));
  expect(shown.stdout).toMatch(/^refused +its host calls itself lb9\.example\.com$/m);
});
