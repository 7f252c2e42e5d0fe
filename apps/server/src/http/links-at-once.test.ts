import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findOpenInvitation, voidInvitations } from '../db/repositories/invitations.ts';
import { lockUser } from '../db/repositories/users.ts';
import { acceptLink } from '../services/accounts/invitations-accept.ts';
import { sha256Of } from '../services/accounts/secret.ts';
import { goodPassword, makeUser, signInAs } from '../services/accounts/testing/accounts.ts';
import { refusal } from './testing/house-per-test.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';
import { addToken } from './testing/people.ts';

/* Links that are made and used at once, and what a new password leaves of what the old one made. */

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-links-'));
  house = await openOperatorHouse(directory);
  await makeUser(house.deps, { email: 'always@example.com' });
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

const password = 'nine otters in the weir';
const administrator = [{ role: 'administrator' as const, pool: null }];
const stranger = () => house.clientAs(null).invitations;
const secretIn = ({ link }: { readonly link: string }) => new URL(link).hash.slice(1);
/** Looked up without the API, which limits how often one address asks. */
const isOpen = async (made: { readonly link: string }) =>
  (await refusal(findOpenInvitation(house.deps.db, sha256Of(secretIn(made))))) === null;
const five = <Made>(make: () => Promise<Made>) => Promise.all(Array.from({ length: 5 }, make));

async function person(email: string) {
  const user = await makeUser(house.deps, { email });
  return { ...user, client: house.clientAs((await signInAs(house.deps, user)).token) };
}

async function lastAudit(action: string) {
  const { database } = house;
  const rows = database.kysely.selectFrom('audit_entry').select('details').where('action', '=', action);
  return (await rows.orderBy('seq', 'desc').executeTakeFirstOrThrow()).details;
}

test('of links for the same that are made at once, one is good', async () => {
  const bob = await person('bob-at-once@example.com');
  const resets = await five(() => house.client.users.reset(bob.id, {}));
  const invite = { email: 'new-at-once@example.com', grants: administrator };
  const invitations = await five(() => house.client.invitations.invite(invite));
  for (const made of [resets, invitations])
    expect((await Promise.all(made.map(isOpen))).filter((open) => open)).toHaveLength(1);
});

test('a link that was used voids all others for the same, however they came to be', async () => {
  const invite = () => house.client.invitations.invite({ email: 'twice@example.com', grants: administrator });
  const earlier = await invite();
  await sql`UPDATE invitation SET email = 'elsewhere@example.com' WHERE id = ${earlier.invitation.id}`.execute(
    house.deps.db,
  );
  const later = await invite();
  await sql`UPDATE invitation SET email = 'twice@example.com' WHERE id = ${earlier.invitation.id}`.execute(
    house.deps.db,
  );
  expect([await isOpen(earlier), await isOpen(later)]).toEqual([true, true]);
  await stranger().accept({ secret: secretIn(later), password });
  expect(await isOpen(earlier)).toBe(false);
});

test('a reset that is used while its user is being changed waits for the user before it touches the link: no deadlock', async () => {
  const bob = await person('bob-waits@example.com');
  const made = await house.client.users.reset(bob.id, {});
  const { kysely } = house.database;
  const accepted = await kysely.transaction().execute(async (trx) => {
    await lockUser(trx, bob.id);
    const accepting = refusal(stranger().accept({ secret: secretIn(made), password }));
    await expect
      .poll(async () => {
        const waiting = sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return (await waiting.execute(kysely)).rows.length;
      })
      .toBe(1);
    expect(await voidInvitations(trx, { kind: 'reset', userId: bob.id })).toBe(1);
    return { accepting };
  });
  expect(await accepted.accepting).toMatchObject({ code: 'link_invalid' });
});

test('a reset whose user is removed right after its link was found is a link that is no more', async () => {
  const bob = await person('bob-gone@example.com');
  const secret = secretIn(await house.client.users.reset(bob.id, {}));
  const { kysely } = house.database;
  const db = house.deps.db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      await kysely.deleteFrom('user').where('id', '=', bob.id).execute();
      return result;
    },
  });
  expect(await refusal(acceptLink({ ...house.deps, db }, 'r1', { secret, password }))).toMatchObject({
    code: 'link_invalid',
  });
});

test('resets of two who made a link for each other, used at once, void each other and never deadlock', async () => {
  for (let round = 0; round < 3; round += 1) {
    const [a, b] = [await person(`a${round}@example.com`), await person(`b${round}@example.com`)];
    const links = [await a.client.users.reset(b.id, {}), await b.client.users.reset(a.id, {})];
    const outcomes = await Promise.all(
      links.map((made) => refusal(stranger().accept({ secret: secretIn(made), password }))),
    );
    // The first to come voids what its user made, which is the other one's link.
    expect(outcomes.map((one) => one?.code ?? 'in').toSorted()).toEqual(['in', 'link_invalid']);
  }
});

test('a reset puts out whoever had the old password: API tokens, links made with it, other reset links', async () => {
  const bob = await person('bob-reset@example.com');
  const token = house.clientAs(await addToken(house, bob.id));
  await token.pools.list();
  const invited = await bob.client.invitations.invite({ email: 'eve@example.com', grants: administrator });
  const reset = await bob.client.users.reset('always@example.com', {});
  const made = await house.client.users.reset(bob.id, {});
  await stranger().accept({ secret: secretIn(made), password });
  expect(await refusal(token.pools.list())).not.toBeNull();
  expect([await isOpen(invited), await isOpen(reset)]).toEqual([false, false]);
  expect(await lastAudit('user.reset-password')).toMatchObject({ tokensEnded: 1, linksVoided: 2, ended: 1 });
});

test('a password of one’s own choice voids reset links, and says how many API tokens live on', async () => {
  const bob = await person('bob-own@example.com');
  const token = house.clientAs(await addToken(house, bob.id));
  await addToken(house, bob.id);
  const invited = await bob.client.invitations.invite({ email: 'guest@example.com', grants: administrator });
  const reset = await house.client.users.reset(bob.id, {});
  const kept = await bob.client.session.setPassword({ current: goodPassword, next: password });
  expect(kept).toMatchObject({ ended: 0, tokensEnded: 0, tokensLeft: 2 });
  expect([await isOpen(reset), await isOpen(invited)]).toEqual([false, true]);
  await token.pools.list();
  expect(await lastAudit('user.set-password')).toMatchObject({ tokensEnded: 0, tokensLeft: 2, linksVoided: 1 });
});

test('with endTokens it revokes them, and voids the links that its user made', async () => {
  const bob = await person('bob-all@example.com');
  const token = house.clientAs(await addToken(house, bob.id));
  const invited = await bob.client.invitations.invite({ email: 'guest2@example.com', grants: administrator });
  const input = { current: goodPassword, next: password, endTokens: true };
  expect(await bob.client.session.setPassword(input)).toMatchObject({ tokensEnded: 1, tokensLeft: 0 });
  expect(await refusal(token.pools.list())).not.toBeNull();
  expect(await isOpen(invited)).toBe(false);
  expect(await lastAudit('user.set-password')).toMatchObject({ tokensEnded: 1, tokensLeft: 0, linksVoided: 1 });
});
