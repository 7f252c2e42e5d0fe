import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const wouldMove = {
  error: {
    code: 'member_address_would_move',
    requestId: 'r1',
    message: 'It is active.',
    remedy: 'Confirm.',
    details: { from: '198.51.100.1', to: '203.0.113.1', names: ['lb.example.com'] },
  },
};

test('a new address of the active member is sent without a yes, and what it would move is printed', async () => {
  const line = ['member', 'set', 'edge', 'lb1', '--ipv4', '203.0.113.1'];
  const { asked, stderr } = await runCli(line, () => ({ status: 409, body: wouldMove }));
  expect(asked).toMatchObject([
    { method: 'PATCH', path: '/pools/edge/members/lb1', body: { publicIpv4: '203.0.113.1' } },
  ]);
  expect(asked[0]?.body).not.toHaveProperty('confirmMove');
  for (const part of ['198.51.100.1', '203.0.113.1', 'lb.example.com']) expect(stderr).toContain(part);
});

test.each([
  [['--ipv4', '203.0.113.1', '--confirm-move'], { publicIpv4: '203.0.113.1', confirmMove: true }],
  [['--ipv4', 'none'], { publicIpv4: null }],
  [['--ipv6', '2001:db8::1'], { publicIpv6: '2001:db8::1' }],
  [['--ipv6', 'none'], { publicIpv6: null }],
  [['--priority', '7'], { priority: 7 }],
  [['--priority', '7', '--confirm-failback'], { priority: 7, confirmFailback: true }],
  [['--zone', 'dc2'], { zone: 'dc2' }],
])('member set %j asks for exactly that', async (options, body) => {
  const line = ['member', 'set', 'edge', 'lb1', ...options];
  const { asked } = await runCli(line, () => ({ status: 409, body: wouldMove }));
  expect(asked[0]?.body).toEqual(body);
});

test('a new install line says how the secret gets to it, never with it, and what comes next', async () => {
  const command = `(f=$(mktemp) && ${'x'.repeat(300)} && sh "$f")`;
  const enrolment = {
    memberId: 'member000001',
    secret: 'canary-secret',
    expiresAt: '2026-01-01T12:00:00.000Z',
    command,
    warnings: ['It leads each host to itself.'],
  };
  const { asked, stdout } = await runCli(['member', 'enrol', 'edge', 'lb1', '--expires', '30'], () => ({
    body: enrolment,
  }));
  expect(asked).toMatchObject([{ path: '/pools/edge/members/lb1/enrolment', body: { minutes: 30 } }]);
  expect(stdout.split('\n').filter((line) => line.includes('canary-secret'))).toEqual(['  secret   canary-secret']);
  for (const part of [
    `\n  ${command}\n`,
    '--secret-file FILE',
    'Then: serverctl member list edge',
    'warning: It leads each host to itself.',
  ])
    expect(stdout).toContain(part);
});
