import { expect, test } from 'vitest';
import type { Message } from './message.ts';
import { slackBody } from './send-slack.ts';

const link = 'https://plane.example.com/runbooks/pool-held.md';
const message = (sentence: string): Message => ({
  id: 'n1_c1',
  happenedAt: new Date('2026-01-31T03:12:00.000Z'),
  notice: {
    kind: 'pool.held',
    severity: 'critical',
    poolId: 'p1',
    memberId: null,
    pool: 'edge',
    member: null,
    sentence,
    details: { secret: 'canary' },
  },
});

test('a chat gets the sentence, what it is about and where to read on, and no details', () => {
  const body = slackBody(message('edge stays where it is.'), link);
  expect(body).toMatchObject({ text: '[critical] edge: edge stays where it is.' });
  const text = JSON.stringify(body);
  expect(text).toContain(` · ${link}`);
  expect(text).toContain('2026-01-31T03:12:00.000Z');
  expect(text).not.toContain('canary');
});

test('nothing that a host or a person wrote is a mention, a link or a line of its own there', () => {
  const text = JSON.stringify(slackBody(message('<!channel> <https://evil.example.net|look> & more\nnext'), link));
  expect(text).toContain('&lt;!channel&gt; &lt;https://evil.example.net|look&gt; &amp; more next');
  expect(text).not.toMatch(/<[!h]/);
});
