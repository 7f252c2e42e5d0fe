import { AppError, fullAccess, type Permission } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { createLatelyProven, latelyMs } from './lately-proven.ts';
import type { Credential, Principal } from './principal.ts';

const credential: Credential = { from: 'bearer', secret: 'sck_scraper', peer: '192.0.2.1' };
const tokenWith = (...permissions: Permission[]): Principal => ({
  kind: 'token',
  actor: 'token:prometheus of host',
  tokenId: 't',
  access: { grants: fullAccess.grants, scope: { permissions: new Set(permissions), pools: null } },
});
const scraper = tokenWith('metrics:read', 'brakes:write');
const away = async () => {
  throw new AppError('database_unavailable');
};
const never = () => new Promise<never>(() => {});
const narrowed = {
  ...scraper,
  access: { ...scraper.access, scope: { permissions: new Set(['metrics:read']), pools: null } },
};

function open() {
  const clock = createFakeClock();
  return { clock, lately: createLatelyProven(clock) };
}

test('a token that was found to read metrics does so for ten minutes while the database is away, and may nothing else', async () => {
  const { clock, lately } = open();
  expect(await lately.prove(credential, async () => scraper)).toBe(scraper);
  expect(await lately.prove(credential, away)).toEqual(narrowed);
  await clock.advance(latelyMs - 1);
  expect(await lately.prove(credential, away)).toEqual(narrowed);
  await clock.advance(1);
  await expect(lately.prove(credential, away)).rejects.toMatchObject({ code: 'database_unavailable' });
});

test('nobody else does: another secret, a session, the host, a token without the permission, a token as a cookie', async () => {
  const { lately } = open();
  const host: Principal = { kind: 'host', actor: 'host', access: fullAccess };
  for (const [secret, principal] of [['sct_host', host] as const, ['sck_other', tokenWith('pool:read')] as const]) {
    expect(await lately.prove({ ...credential, secret }, async () => principal)).toBe(principal);
    await expect(lately.prove({ ...credential, secret }, away)).rejects.toMatchObject({ code: 'database_unavailable' });
  }
  await lately.prove(credential, async () => scraper);
  for (const one of [
    { ...credential, secret: 'sck_unknown' },
    { ...credential, from: 'cookie' as const },
  ])
    await expect(lately.prove(one, away)).rejects.toMatchObject({ code: 'database_unavailable' });
});

test('what is no silence of the database is told as it is', async () => {
  const { lately } = open();
  await lately.prove(credential, async () => scraper);
  const limited = async () => {
    throw new AppError('rate_limited', { retryAfterSeconds: 1 });
  };
  await expect(lately.prove(credential, limited)).rejects.toMatchObject({ code: 'rate_limited' });
});

test('the database that says that it is gone is believed from then on, also when it says so late or elsewhere', async () => {
  const { clock, lately } = open();
  await lately.prove(credential, async () => scraper);
  expect(await lately.prove(credential, async () => null)).toBeNull();
  await expect(lately.prove(credential, away)).rejects.toMatchObject({ code: 'database_unavailable' });

  await lately.prove(credential, async () => scraper);
  const answer = Promise.withResolvers<Principal | null>();
  const scrape = lately.prove(credential, () => answer.promise);
  await clock.advance(500);
  expect(await scrape).toEqual(narrowed);
  answer.resolve(null);
  await expect(lately.prove(credential, away)).rejects.toMatchObject({ code: 'database_unavailable' });

  await lately.prove(credential, async () => scraper);
  lately.forget(credential.secret);
  await expect(lately.prove(credential, away)).rejects.toMatchObject({ code: 'database_unavailable' });
});

test('who was not found yet is told after three seconds, and let in the next time when the late answer is good', async () => {
  const { clock, lately } = open();
  const answer = Promise.withResolvers<Principal | null>();
  const first = lately.prove(credential, () => answer.promise).catch(({ code }) => code);
  await clock.advance(3_000);
  expect(await first).toBe('database_unavailable');
  answer.resolve(scraper);
  await answer.promise;
  const second = lately.prove(credential, never);
  await clock.advance(500);
  expect(await second).toEqual(narrowed);
});

test('a hundred are remembered, those found last', async () => {
  const { lately } = open();
  const numbered = (number: number) => ({ ...credential, secret: `sck_${number}` });
  for (let number = 0; number <= 100; number += 1) await lately.prove(numbered(number), async () => scraper);
  await expect(lately.prove(numbered(0), away)).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await lately.prove(numbered(1), away)).toEqual(narrowed);
});
