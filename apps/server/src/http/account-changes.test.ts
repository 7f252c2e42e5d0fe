import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@serverctl/contract';
import { type TOTP, URI } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, makeUser, signInAs } from '../services/accounts/testing/accounts.ts';
import { declaredRoutes } from './permission.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

/* The changes that changes.test.ts has not: to accounts, and to who is told of what. */

let directory: string;
let house: OperatorHouse;
let admin: Client;
let mine: Client;
let userId: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-account-changes-'));
  house = await openOperatorHouse(directory);
  admin = await clientOf(await makeUser(house.deps, { email: 'admin@example.com' }));
  const user = await makeUser(house.deps, { email: 'user@example.com', grants: [] });
  userId = user.id;
  mine = await clientOf(user);
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const clientOf = async (user: { id: string }) => house.clientAs((await signInAs(house.deps, user)).token);
const secretIn = (link: string) => new URL(link).hash.slice(1);
const nextPassword = 'eleven boats without any oars';

let link = '';
let uri = '';
let open: Client;
/** Each once, in an order in which each finds what it needs. */
const changes: readonly (readonly [operationId: string, change: () => Promise<unknown>])[] = [
  ['signIn', () => open.session.signIn({ email: 'user@example.com', password: goodPassword, kind: 'command-line' })],
  ['stepUp', () => mine.session.stepUp({ password: goodPassword })],
  [
    'setPassword',
    async () => {
      mine = house.clientAs((await mine.session.setPassword({ current: goodPassword, next: nextPassword })).token);
    },
  ],
  ['confirmTotp', () => mine.session.confirmTotp((URI.parse(uri) as TOTP).generate())],
  ['newRecoveryCodes', () => mine.session.newRecoveryCodes()],
  ['removeTotp', () => mine.session.removeTotp()],
  [
    'endSession',
    async () =>
      mine.session.endSession((await mine.session.sessions()).sessions.find(({ current }) => !current)?.id ?? ''),
  ],
  ['endOtherSessions', () => mine.session.endOtherSessions()],
  ['signOut', () => mine.session.signOut()],
  ['setUser', () => admin.users.set(userId, { name: 'Another' })],
  ['setGrants', () => admin.users.grant(userId, { grants: [{ role: 'viewer', pool: null }] })],
  ['endSessions', () => admin.users.endSessions(userId)],
  ['resetUser', () => admin.users.reset(userId, {})],
  ['removeUser', () => admin.users.remove(userId)],
  [
    'invite',
    async () => {
      const grants = [{ role: 'viewer' as const, pool: null }];
      link = (await admin.invitations.invite({ email: 'new@example.com', grants })).link;
    },
  ],
  ['acceptInvitation', () => open.invitations.accept({ secret: secretIn(link), name: 'New', password: nextPassword })],
  ['makeSetupLink', () => house.client.invitations.setupLink()],
  ['removeInvitation', async () => admin.invitations.remove((await admin.invitations.list()).invitations[0]?.id ?? '')],
  ['addApiToken', () => admin.tokens.add({ name: 'ci', permissions: ['pool:read'] })],
  ['revokeApiToken', async () => admin.tokens.revoke((await admin.tokens.list()).tokens[0]?.id ?? '')],
  ['updateChannel', async () => admin.channels.set(await channelId(), { enabled: false })],
  ['renewSigningSecret', async () => admin.channels.newSecret(await channelId())],
];
/** What has to be there before one of them, and is none of them. */
const before: Readonly<Record<string, () => Promise<unknown>>> = {
  confirmTotp: async () => {
    uri = (await mine.session.beginTotp()).uri;
  },
  endSession: () => signInAs(house.deps, { id: userId }),
  endOtherSessions: () => signInAs(house.deps, { id: userId }),
  endSessions: () => signInAs(house.deps, { id: userId }),
  updateChannel: () => admin.channels.add({ kind: 'webhook', url: 'https://hooks.example.net/x' }),
};
/** Not GET, and yet they change nothing that is in force. */
const tries = ['showInvitation', 'beginTotp'];

async function channelId(): Promise<string> {
  return (await admin.channels.list()).channels[0]?.id ?? '';
}

test('each change to accounts and channels writes exactly one audit row (I17)', async () => {
  open = house.clientAs(null);
  for (const [operationId, change] of changes) {
    await before[operationId]?.();
    const rows = await house.auditRows();
    await change();
    expect(await house.auditRows(), operationId).toBe(rows + 1);
  }
});

test('the list above is every changing operation of accounts and channels that there is', () => {
  const ofAccounts =
    /^\/api\/v1\/(session|me|users|invitations|api-tokens)|^\/api\/v1\/notification-channels\/:channelId(\/signing-secret)?$/;
  const changing = declaredRoutes(house.app)
    .filter(({ method, url }) => method !== 'GET' && ofAccounts.test(url))
    .map(({ operationId }) => operationId)
    .filter((id) => id !== null && !tries.includes(id) && id !== 'removeChannel');
  expect(changing.sort()).toEqual(changes.map(([id]) => id).sort());
});
