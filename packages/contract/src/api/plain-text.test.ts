import { expect, test } from 'vitest';
import { PlainText, Reason } from './common.ts';
import { CredentialInput } from './dns.ts';
import { MemberInput } from './members.ts';
import { ChannelInput, ChannelPatch } from './notifications.ts';
import { FirstPublishInput, PoolInput } from './pools.ts';
import { AcceptInput, TokenInput, UserPatch } from './users.ts';

const words =
  'must be one line of plain text, without line breaks, tabs, control characters or marks that turn its direction';
const unfit = [
  0x00, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069,
];

test.each(unfit.map((code) => [code.toString(16).padStart(4, '0'), String.fromCodePoint(code)]))(
  'U+%s is refused within a name or a reason, in words',
  (_name, character) => {
    const { error } = Reason.safeParse(`deploy${character}of today`);
    expect(error?.issues.map(({ message }) => message)).toEqual([words]);
  },
);

test('text of any language passes, and what stands around it is cut off', () => {
  for (const text of ['Wartung für Zoë', 'ניסוי', 'צוות A', '計画', 'שלום عربي', '👩‍💻 on call', 'naïve – “quoted”'])
    expect(PlainText.parse(`\n ${text} \t\r\n`)).toBe(text);
});

const name = 'a\u202eb';
const settings = { provider: 'rfc2136', host: 'ns.example.com', keyName: 'k', secret: 'c2VjcmV0' } as const;
test.each([
  ['a token', TokenInput.safeParse({ name, permissions: ['pool:read'] })],
  ['a user', UserPatch.safeParse({ name })],
  ['who joins', AcceptInput.safeParse({ name, secret: 'x', password: 'a new long password' })],
  ['a channel', ChannelInput.safeParse({ kind: 'slack', url: 'https://example.com', name })],
  ['a renamed channel', ChannelPatch.safeParse({ name })],
  ['a pool', PoolInput.safeParse({ name })],
  ['a credential', CredentialInput.safeParse({ name, settings })],
])('the name of %s is such text', (_what, { error }) => {
  expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([['name', words]]);
});

test.each([
  ['reason', FirstPublishInput.safeParse({ memberId: 'm', reason: name })],
  ['zone', MemberInput.safeParse({ hostname: 'h', allowedEgress: ['192.0.2.1'], zone: name })],
])('%s too', (field, { error }) => {
  expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([[field, words]]);
});
