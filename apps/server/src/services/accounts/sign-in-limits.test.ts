import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { placeOf } from '../place-of.ts';
import { createSignInLimits, signInLimits } from './sign-in-limits.ts';

const never = async () => false;
const always = async () => true;
const email = 'jane@example.com';

function open() {
  const clock = createFakeClock();
  const limits = createSignInLimits(clock);
  /** How many are allowed before the first is refused, up to a thousand. */
  async function allowed(attempt: (n: number) => { email: string; peer: string }, known = never): Promise<number> {
    for (let n = 0; n < 1_000; n += 1) if ((await limits.take(attempt(n), known)) !== null) return n;
    return 1_000;
  }
  return { clock, limits, allowed };
}
const elsewhere = (n: number) => `10.${Math.floor(n / 250)}.${n % 250}.1`;

test('one account is tried a few times from one place, then once in fifteen minutes', async () => {
  const { clock, limits, allowed } = open();
  const attempt = { email, peer: '192.0.2.1' };
  expect(await allowed(() => attempt)).toBe(signInLimits.pair.burst);
  expect(await limits.take(attempt, never)).toMatchObject({ limit: 'pair', retryAfterSeconds: 900, isNew: false });
  await clock.advance(899_000);
  expect(await limits.take(attempt, never)).toMatchObject({ retryAfterSeconds: 1 });
  await clock.advance(1_000);
  expect(await limits.take(attempt, never)).toBeNull();
});

test('many accounts are tried from one place no more often than the place allows', async () => {
  const { allowed } = open();
  expect(await allowed((n) => ({ email: `${n}@example.com`, peer: '192.0.2.1' }))).toBe(signInLimits.peer.burst);
});

test('who keeps at one account does not use up the place for the others there', async () => {
  const { limits } = open();
  for (let n = 0; n < 200; n += 1) await limits.take({ email, peer: '192.0.2.1' }, never);
  expect(await limits.take({ email: 'joe@example.com', peer: '192.0.2.1' }, never)).toBeNull();
});

test('all addresses of one IPv6 host are one place, and those of another are not', async () => {
  const { allowed } = open();
  const peer = (n: number) => `2001:db8:1:2:${n.toString(16)}::1`;
  expect(await allowed((n) => ({ email: `${n}@example.com`, peer: peer(n) }))).toBe(signInLimits.peer.burst);
  expect(placeOf('2001:db8:1:3::1')).not.toBe(placeOf('2001:db8:1:2::1'));
});

test('one account is tried from many places no more often than the account allows', async () => {
  const { allowed } = open();
  expect(await allowed((n) => ({ email, peer: elsewhere(n) }))).toBe(signInLimits.account.burst);
});

test('strangers do not lock a user out of a place that is known, and another account is not concerned', async () => {
  const { limits, allowed } = open();
  await allowed((n) => ({ email, peer: elsewhere(n) }));
  expect(await limits.take({ email, peer: '192.0.2.1' }, never)).toMatchObject({ limit: 'account' });
  expect(await limits.take({ email, peer: '192.0.2.1' }, always)).toBeNull();
  expect(await limits.take({ email: 'joe@example.com', peer: '192.0.2.1' }, never)).toBeNull();
});

test('who is refused for an account under attack loses no attempt of the own place by asking', async () => {
  const { clock, limits, allowed } = open();
  await allowed((n) => ({ email, peer: elsewhere(n) }));
  const attempt = { email, peer: '192.0.2.1' };
  for (let n = 0; n < 20; n += 1) expect(await limits.take(attempt, never)).toMatchObject({ limit: 'account' });
  await clock.advance(signInLimits.account.everyMs);
  expect(await limits.take(attempt, never)).toBeNull();
});

test.each([
  [1, never, 0.9],
  [5, never, 0.9],
  [1, always, 1],
  [5, always, 1],
  [500, always, 1],
])(
  '24 h of tries at one account from %i addresses: its user gets in as often as is promised',
  async (attackers, known, share) => {
    const { clock, limits } = open();
    let [tried, allowed] = [0, 0];
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      for (let n = 0; n < attackers; n += 1) await limits.take({ email, peer: elsewhere(n) }, never);
      if (minute % 23 === 7) {
        const own = { email, peer: '192.0.2.1' };
        tried += 1;
        if ((await limits.take(own, known)) === null) {
          allowed += 1;
          limits.signedIn(own);
        }
      }
      await clock.advance(60_000);
    }
    expect(allowed / tried).toBeGreaterThanOrEqual(share);
  },
);

test('an account of one’s own does not give back what was tried at others', async () => {
  const { limits } = open();
  const peer = '192.0.2.1';
  let tried = 0;
  for (; tried < 1_000; tried += 1) {
    if ((await limits.take({ email: `${tried}@example.com`, peer }, never)) !== null) break;
    if ((await limits.take({ email: 'own@example.com', peer }, never)) === null)
      limits.signedIn({ email: 'own@example.com', peer });
  }
  expect(tried).toBe(signInLimits.peer.burst);
});

test('who signs in after some mistakes begins with a whole count again', async () => {
  const { limits, allowed } = open();
  const attempt = { email, peer: '192.0.2.1' };
  for (let n = 0; n < 5; n += 1) await limits.take(attempt, never);
  limits.signedIn(attempt);
  expect(await allowed(() => attempt)).toBe(signInLimits.pair.burst);
});

test('a used link gives back all of its account and of the pair at its place, and nothing of others', async () => {
  const { limits, allowed } = open();
  const [own, other] = [
    { email, peer: '192.0.2.1' },
    { email: 'joe@example.com', peer: '192.0.2.1' },
  ];
  await allowed(() => own);
  await allowed(() => other);
  await allowed((n) => ({ email, peer: elsewhere(n) }));
  limits.linkUsed({ ...own, email: 'Jane@Example.com' });
  expect(await limits.take(other, never)).toMatchObject({ limit: 'pair' });
  expect(await allowed(() => own)).toBe(signInLimits.pair.burst);
});

test('a limit is new once, until it is whole again', async () => {
  const { clock, limits } = open();
  const attempt = { email, peer: '192.0.2.1' };
  const newOf = async (times: number) => {
    let fresh = 0;
    for (let n = 0; n < times; n += 1) if ((await limits.take(attempt, never))?.isNew) fresh += 1;
    return fresh;
  };
  expect(await newOf(30)).toBe(1);
  await clock.advance(1_800_000);
  expect(await newOf(30)).toBe(0);
  await clock.advance(6 * 900_000);
  expect(await newOf(30)).toBe(1);
});
