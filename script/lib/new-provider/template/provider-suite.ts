import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DnsName, DnsProvider, Ipv4, PoolId, RecordRef } from '@serverctl/core';
import { expect, onTestFinished, test } from 'vitest';
import { first, markOf, move, second, soon, us } from '../../../../packages/dns/src/contract/subject.ts';
import {
  type Capabilities,
  type ContractSubject,
  describeDnsProvider,
  type PathKind,
} from '../../../../packages/dns/src/contract-suite.ts';
import { createNodeHttp } from '../../../../packages/dns/src/testing/index.ts';
import { createNextkindProvider } from './index.ts';
import { nextkindManualSteps } from './manual-steps.ts';
import { nextkindRequestsPer } from './schema.ts';
import { type NextkindEmulator, startNextkindEmulator } from './testing/emulator.ts';

const zoneName = 'example.test' as DnsName;
const token = 'Secret-Token_0123456789';

/**
 * What the provider can do at all (docs/next-provider.md section 3). Everything is on to begin with; what is switched off has its reason beside
 * it, and an answer in section 1.
 */
const capabilities: Partial<Capabilities> = { credentials: ['not-allowed', 'wrong-token', 'scopeless-token'] };

async function serving() {
  const emulator = await startNextkindEmulator(zoneName);
  emulator.rights.set(token, 'edit').set('not-allowed', 'read').set('scopeless-token', 'none');
  const open = (instance = us, own = token) =>
    createNextkindProvider({ http: createNodeHttp(emulator.apiBase), token: own, instance });
  return { emulator, open };
}

async function openSubject(): Promise<ContractSubject> {
  const { emulator, open } = await serving();
  const { zone } = emulator;
  return {
    zone: zoneName,
    valueOnlyName: `narrow.${zoneName}` as DnsName,
    open: ({ instance, credential = 'good' } = {}) => open(instance, credential === 'good' ? token : credential),
    put: async (name, type, values, ttlSeconds) => zone.put(name, type, values, ttlSeconds),
    async answer(name, type = 'A') {
      await new Promise((resolve) => setImmediate(resolve)); // as an answer over the network comes: on a later turn
      return zone.get(name, type)?.values ?? [];
    },
    serial: async () => zone.serial,
    losing: (path, call) => losing(emulator, open(), path, call),
    stop: () => emulator.stop(),
  };
}

/** What is lost of a write is its change: the look before it is a read like any other. */
async function losing<T>(
  emulator: NextkindEmulator,
  provider: DnsProvider,
  path: PathKind,
  call: (provider: DnsProvider, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let lost: Promise<void> = new Promise(() => undefined);
  const losingOne = (isWrite: boolean) => {
    lost = emulator.lose({ isWrite, applied: path === 'lose-reply' });
    return provider;
  };
  const lossy: DnsProvider = {
    probe: (...given) => losingOne(false).probe(...given),
    read: (...given) => losingOne(false).read(...given),
    replace: (...given) => losingOne(true).replace(...given),
    withdrawAaaa: (...given) => losingOne(true).withdrawAaaa(...given),
  };
  const called = call(lossy, controller.signal);
  await Promise.race([lost, called.catch(() => undefined)]);
  controller.abort();
  return called;
}

describeDnsProvider('nextkind', openSubject, capabilities);

const ref: RecordRef = { zone: zoneName, name: `lb.${zoneName}` as DnsName, type: 'A' };

test('a call for one name makes as many requests as the budget is told (R22)', async () => {
  const { emulator, open } = await serving();
  onTestFinished(() => emulator.stop());
  const provider = open();
  const expected = await provider.read(ref, soon());
  expect(emulator.asked).toHaveLength(nextkindRequestsPer.read);
  await provider.replace({ ref, expected, next: { address: first, ttlSeconds: 60 }, mark: markOf(1) }, soon());
  expect(emulator.asked).toHaveLength(nextkindRequestsPer.read + nextkindRequestsPer.write);
});

test('no error holds the token', async () => {
  const { emulator, open } = await serving();
  onTestFinished(() => emulator.stop());
  const refused = await move(open(us, 'scopeless-token'), ref, first, 1).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'dns_token_lacks_scope' });
  expect(JSON.stringify(refused)).not.toContain('scopeless-token');
});

test('by hand the record goes to any member that has an address, and nothing secret is shown', () => {
  const targets = [first, second].map((address: Ipv4, n) => ({ hostname: `lb${n + 1}.${zoneName}`, address }));
  const about = { pool: 'pppppppppppp' as PoolId, paused: true, ref, ttlSeconds: 60, mark: markOf(1), pending: null };
  const steps = nextkindManualSteps({ apiBase: 'https://api.test' }, { ...about, targets });
  const text = steps.flatMap((step) => [step.text, ...step.commands]).join('\n');
  for (const word of [first, second, ref.name, 'epoch=1']) expect(text).toContain(word);
});

test('the page for operators says all that they need', () => {
  const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const left = page.split('\n').filter((line) => line.startsWith('Not written yet'));
  expect(left.join('\n')).toBe('');
});
