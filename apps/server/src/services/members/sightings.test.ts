import { expect, test } from 'vitest';
import { createInstallSightings, rememberedAddresses } from './sightings.ts';

const allowed = ['198.51.100.0/29', '2001:db8::7'];

test('a download counts for who may be seen from its address, and only since the line was made', () => {
  const sightings = createInstallSightings();
  sightings.note('script', '198.51.100.3', 1_000);
  sightings.note('script', '203.0.113.9', 3_000);
  expect(sightings.newest('script', allowed, 1_000)).toEqual({ atMs: 1_000, from: '198.51.100.3', version: null });
  expect(sightings.newest('script', allowed, 1_001)).toBeNull();
  expect(sightings.newest('agent', allowed, 0)).toBeNull();
});

test('the newest one counts, whoever was first', () => {
  const sightings = createInstallSightings();
  sightings.note('agent', '198.51.100.3', 1_000, '0.1.0');
  sightings.note('agent', '2001:db8::7', 2_000, '0.1.0');
  sightings.note('agent', '198.51.100.3', 3_000, '0.2.0');
  expect(sightings.newest('agent', allowed, 0)).toEqual({ atMs: 3_000, from: '198.51.100.3', version: '0.2.0' });
});

test('however many strangers download, no more addresses are kept than may be', () => {
  const sightings = createInstallSightings();
  sightings.note('script', '198.51.100.3', 0);
  for (let n = 0; n < rememberedAddresses - 1; n += 1) sightings.note('script', `10.0.${n >> 8}.${n & 255}`, n);
  expect(sightings.newest('script', allowed, 0)).not.toBeNull();
  sightings.note('script', '203.0.113.9', 1_000);
  expect(sightings.newest('script', allowed, 0)).toBeNull();
});
