import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { systemRandom } from '../../platform/random.ts';
import { Nonces, nonceLimit } from './nonce.ts';

test('nonces beyond the limit push out the oldest only', () => {
  const nonces = new Nonces(createFakeClock(), systemRandom);
  const [first = '', second = ''] = Array.from({ length: nonceLimit + 1 }, () => nonces.issue('m'));
  expect(nonces.consume(first, 'm')).toBe(false);
  expect(nonces.consume(second, 'm')).toBe(true);
  expect(nonces.consume(second, 'm')).toBe(false);
});
