import { BindingInput, type BindingPatch } from '@serverctl/contract';
import { fullAccess } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { getCredential } from '../../db/repositories/credentials.ts';
import type { Database } from '../../db/schema.ts';
import { goodKey } from '../../http/testing/built-edge.ts';
import { housePerTest, refusal } from '../../http/testing/house-per-test.ts';
import { zoneName } from '../../http/testing/operator-house.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { addBinding } from './binding-service.ts';
import { changeBinding } from './change-binding.ts';
import { requireAsTried } from './credential-as-tried.ts';

/* What happens to the pool, the name, or the credential, between the try of a name and its storing. */

const built = housePerTest('change-binding');
const caller: Caller = { actor: 'host', requestId: 'request', access: fullAccess };
const name = 'lb.example.com';
const otherSecret = Buffer.from('another-tsig-secret-another-tsig').toString('base64');

/** With tries that end with `meanwhile`: the record was read, and nothing is stored yet. */
async function tryingWhile(meanwhile: () => Promise<unknown>): Promise<ServiceDeps> {
  const { deps } = built.house;
  const provider = await deps.providers.forCredential('bind');
  return {
    ...deps,
    providers: {
      ...deps.providers,
      forCredential: async () => ({
        ...provider,
        async read(ref, signal) {
          const view = await provider.read(ref, signal);
          await meanwhile();
          return view;
        },
      }),
    },
  };
}

async function changeWhile(
  meanwhile: () => Promise<unknown>,
  patch: z.output<typeof BindingPatch> = { ttlSeconds: 45 },
) {
  const during = await tryingWhile(meanwhile);
  return refusal(changeBinding(during, caller, { poolId: 'edge', bindingId: name }, {}, patch));
}

async function addWhile(meanwhile: () => Promise<unknown>, credentialId: string) {
  const input = BindingInput.parse({ name: `new.${zoneName}`, zone: zoneName, credentialId });
  return refusal(addBinding(await tryingWhile(meanwhile), caller, 'edge', input));
}

const addOther = () => built.house.client.credentials.add({ name: 'other', settings: goodKey });
/** A new key for the same server. */
const replaceKey = (credential: string) => () =>
  built.house.client.credentials.set(credential, { settings: { secret: otherSecret } });

const stored = async () => {
  const [binding] = (await built.house.client.bindings.list('edge')).bindings;
  return binding?.ttlSeconds;
};
const isWaiting = async (db: Kysely<Database>) => {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
  return rows.length > 0;
};
const changesTold = async () => (await built.house.told()).filter(({ kind }) => kind === 'binding.changed');

test('a change that was tried while another member was active is refused, and may be asked for again', async () => {
  const before = await stored();
  const promote = () =>
    built.house.client.promotions.promote('edge', { to: built.edge.lb2, reason: 'drill', confirmNotReady: true });
  expect(await changeWhile(promote)).toMatchObject({ code: 'binding_changed', details: { pool: 'edge' } });
  expect([await stored(), await changesTold()]).toEqual([before, []]);
  expect(await changeWhile(async () => {})).toBeNull();
  expect(await stored()).toBe(45);
});

test('a change that was tried before another change of the name is refused, and that one stays', async () => {
  const other = () => built.house.client.bindings.set('edge', name, { ttlSeconds: 33 });
  expect(await changeWhile(other)).toMatchObject({ code: 'binding_changed', details: { pool: 'edge', name } });
  expect(await stored()).toBe(33);
  expect(await changesTold()).toHaveLength(1);
});

test('a change that was tried before the name was released is refused, and leaves nothing behind', async () => {
  const other = () => built.house.client.bindings.remove('edge', name);
  expect(await changeWhile(other)).not.toBeNull();
  expect([await stored(), await changesTold()]).toEqual([undefined, []]);
});

test('another credential whose key was replaced after the try is refused, and is taken when it is tried anew', async () => {
  const { credential } = await addOther();
  const credentialOf = async () => (await built.house.client.bindings.list('edge')).bindings[0]?.credentialId;
  const patch = { credentialId: 'other' };
  const refused = await changeWhile(replaceKey('other'), patch);
  expect(refused).toMatchObject({ code: 'credential_changed', details: { credential: 'other' } });
  expect([await credentialOf(), await changesTold()]).toEqual([built.edge.credential, []]);
  expect(await changeWhile(async () => {}, patch)).toBeNull();
  expect(await credentialOf()).toBe(credential.id);
});

test('a change that was tried with the name’s own credential is refused where its key was replaced since', async () => {
  const before = await stored();
  expect(await changeWhile(replaceKey('bind'))).toMatchObject({
    code: 'credential_changed',
    details: { credential: 'bind' },
  });
  expect([await stored(), await changesTold()]).toEqual([before, []]);
});

test('a new name that was tried with a key that was replaced since is refused, and leaves nothing behind', async () => {
  await addOther();
  const names = async () => (await built.house.client.bindings.list('edge')).bindings.map((one) => one.name);
  const refused = await addWhile(replaceKey('other'), 'other');
  expect(refused).toMatchObject({ code: 'credential_changed', details: { credential: 'other' } });
  expect(await names()).toEqual([name]);
  expect(await addWhile(async () => {}, 'other')).toBeNull();
  expect(await names()).toEqual([name, `new.${zoneName}`]);
});

test('a new name whose credential was removed after the try is refused', async () => {
  await addOther();
  const refused = await addWhile(() => built.house.client.credentials.remove('other'), 'other');
  expect(refused).toMatchObject({ code: 'credential_not_found', details: { credential: 'other' } });
});

test('a credential cannot be changed between the look at it and the storing: it waits', async () => {
  await addOther();
  const { deps } = built.house;
  const row = await getCredential(deps.db, 'other');
  let isChanged = false;
  let change: Promise<unknown> = Promise.resolve();
  await deps.db.transaction().execute(async (trx) => {
    await requireAsTried(trx, row);
    change = replaceKey('other')().then(() => {
      isChanged = true;
    });
    await vi.waitFor(async () => expect(isChanged || (await isWaiting(deps.db))).toBe(true), 30_000);
    expect(isChanged).toBe(false);
  });
  await change;
  expect(isChanged).toBe(true);
});
