import {
  type BindingId,
  type DnsName,
  formatMark,
  type Ipv4,
  isAppError,
  type PoolId,
  type Replaced,
  type ReplaceRequest,
} from '@serverctl/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { id } from '../builders.ts';
import type { AppliedWrite, DnsCall } from './observer.ts';
import { type Account, type Answer, type Flavour, ProviderServer, type Trouble } from './provider.ts';
import { createStreams } from './random.ts';
import { instance } from './spec.ts';
import { WorldClock } from './world-clock.ts';
import { Zone } from './zone.ts';

const name = 'lb.example' as DnsName;
const pool = id<PoolId>('p', 1);
const call: DnsCall = {
  call: 1,
  replica: 'r1',
  verb: 'replace',
  bindingId: id<BindingId>('b', 1),
  poolId: pool,
  epoch: 2,
  address: null,
  fence: null,
  startedAt: 0,
  wish: null,
};
let clock: WorldClock;
let zone: Zone;
let server: ProviderServer;
let account: Account;
let applied: AppliedWrite[];
let rejected: number;
const countRejected = () => {
  rejected += 1;
};

function open(flavour: Flavour, change: Partial<Account> = {}): void {
  account = {
    credentialId: 'c',
    flavour,
    zone,
    limit: null,
    together: null,
    workMs: 10,
    plan: null,
    revoked: false,
    down: false,
    exhausted: false,
    ...change,
  };
  const events = { applied: (write: AppliedWrite) => void applied.push(write), rejected: countRejected };
  server = new ProviderServer(account, { clock, random: createStreams(1)('provider'), instance, events });
}

beforeEach(() => {
  clock = new WorldClock();
  zone = new Zone(clock, []);
  applied = [];
  rejected = 0;
  put('203.0.113.1', 1);
  open('conditional');
});

function put(address: string, epoch: number): void {
  zone.put(name, { addresses: [address], ttlSeconds: 60, text: formatMark({ instance, pool, epoch }) });
}

/** A write of `address` under `epoch`, planned from what the zone holds now. */
function write(address: string, epoch: number) {
  const request: ReplaceRequest = {
    ref: { zone: 'example' as DnsName, name, type: 'A' },
    expected: zone.view(name, instance),
    next: { address: address as Ipv4, ttlSeconds: 60 },
    mark: { instance, pool, epoch },
  };
  const state: { answer: Answer<Replaced> | null } = { answer: null };
  server.write(
    [{ request, call }],
    () => false,
    (answer) => {
      state.answer = 'ok' in answer ? (answer.ok[0] ?? null) : answer;
    },
  );
  return state;
}
const holds = () => zone.get(name).addresses;
const plan = (trouble: Trouble) => {
  account.plan = { share: 1, troubles: [trouble] };
};
const codeOf = (answer: Answer<Replaced> | null) => (answer !== null && 'error' in answer ? answer.error.code : null);

describe('a provider without trouble', () => {
  test('replaces record and mark, and tells what stood there', async () => {
    const { answer } = await run(write('203.0.113.2', 2), 20);
    expect(answer).toEqual({ ok: { outcome: 'written', fencedBy: 'record-and-mark' } });
    expect(holds()).toEqual(['203.0.113.2']);
    expect(applied).toMatchObject([{ epoch: 2, epochBefore: 1, addressesBefore: ['203.0.113.1'], late: false }]);
  });

  test('compares at the moment of the write where it can: what came in between is not overwritten', async () => {
    const late = write('203.0.113.2', 2);
    put('203.0.113.3', 3);
    const { answer } = await run(late, 20);
    expect(codeOf(answer)).toBe('dns_rrset_drifted');
    expect([holds(), rejected]).toEqual([['203.0.113.3'], 1]);
  });

  test('without a condition what came in between is overwritten', async () => {
    open('plain');
    const late = write('203.0.113.2', 2);
    put('203.0.113.3', 3);
    await run(late, 20);
    expect(holds()).toEqual(['203.0.113.2']);
    expect(applied).toMatchObject([{ epoch: 2, epochBefore: 3 }]);
  });
});

describe('a provider in trouble', () => {
  test.each<[Trouble, string[], string | null]>([
    ['error', ['203.0.113.1'], 'dns_server_failure'],
    ['error-after', ['203.0.113.2'], 'dns_server_failure'],
    ['no-answer', ['203.0.113.1'], null],
    ['answer-lost', ['203.0.113.2'], null],
    ['late', ['203.0.113.1'], null],
    ['lie', ['203.0.113.1'], null],
  ])('%s: the record holds %j, the caller is told %j', async (trouble, addresses, code) => {
    plan(trouble);
    const { answer } = await run(write('203.0.113.2', 2), 50);
    expect([holds(), codeOf(answer)]).toEqual([addresses, code]);
    expect(answer !== null && 'ok' in answer).toBe(trouble === 'lie');
  });

  test('a late write takes effect within ten minutes, and is known as late', async () => {
    plan('late');
    await run(write('203.0.113.2', 2), 601_000);
    expect(holds()).toEqual(['203.0.113.2']);
    expect(applied).toMatchObject([{ late: true }]);
  });

  test('settled, what is late takes effect now and never again', async () => {
    plan('late');
    const state = write('203.0.113.2', 2);
    await run(state, 100);
    server.settle();
    put('203.0.113.3', 3);
    await run(state, 700_000);
    expect(holds()).toEqual(['203.0.113.3']);
    expect(applied).toHaveLength(1);
  });

  test('beyond its limit it refuses and names the time until the window has room', async () => {
    open('plain', { limit: { calls: 2, perMs: 60_000 } });
    await run(write('203.0.113.2', 2), 10_000);
    await run(write('203.0.113.2', 2), 20_000);
    const refused = write('203.0.113.2', 2);
    expect(refused.answer).toMatchObject({ error: { code: 'dns_rate_limited', details: { retryAfterSeconds: 40 } } });
    const again = await run({ answer: null }, 61_000).then(() => run(write('203.0.113.2', 2), 62_000));
    expect(again.answer !== null && 'ok' in again.answer).toBe(true);
  });

  test('a revoked credential is refused', () => {
    account.revoked = true;
    const { answer } = write('203.0.113.2', 2);
    expect(answer !== null && 'error' in answer && isAppError(answer.error, 'dns_not_allowed')).toBe(true);
  });
});

async function run<State>(state: State, until: number): Promise<State> {
  await clock.run(until);
  return state;
}
