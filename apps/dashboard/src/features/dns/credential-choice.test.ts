import { expect, test } from 'vitest';
import { binding, pool } from '../../lib/testing/pools.ts';
import { usedChoices } from './credential-choice.ts';

test('who may read no credential chooses among those that write names of the pool, by these names', () => {
  const bindings = [
    binding({ name: 'lb.example.com', edge: 'silent', proxied: null }),
    binding({ name: 'lb.example.com', type: 'AAAA', edge: 'silent', proxied: null }),
    binding({ name: 'api.example.net', zone: 'example.net', credentialId: 'other', proxied: true }),
  ];
  expect(usedChoices(pool({ status: { bindings } }))).toEqual([
    { id: 'credential', word: 'the one of lb.example.com', canProxy: false, zone: 'example.com' },
    { id: 'other', word: 'the one of api.example.net', canProxy: true, zone: 'example.net' },
  ]);
});

test('in a pool without a name there is none to choose', () => {
  expect(usedChoices(pool({ status: { bindings: [] } }))).toEqual([]);
});
