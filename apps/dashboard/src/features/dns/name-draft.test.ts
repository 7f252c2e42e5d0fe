import { expect, test } from 'vitest';
import { binding } from '../../lib/testing/pools.ts';
import {
  bindingInputOf,
  missingIn,
  type NameDraft,
  patchLines,
  patchOf,
  settingsOf,
  trialInputs,
} from './name-draft.ts';

const draft: NameDraft = {
  credentialId: 'ns',
  zone: ' example.com',
  name: 'lb.example.com ',
  families: 'both',
  ttl: '60',
  proxied: 'keep',
};

test('nothing is tried before all is said, then each record of the name with what is wished of it', () => {
  for (const missing of [{ credentialId: '' }, { zone: '' }, { name: ' ' }, { ttl: '0' }, { ttl: '1m' }]) {
    expect(missingIn({ ...draft, ...missing })).toEqual(expect.any(String));
    expect(trialInputs({ ...draft, ...missing })).toEqual([]);
  }
  const wish = { zone: 'example.com', name: 'lb.example.com', ttlSeconds: 60, proxied: null };
  expect(trialInputs(draft)).toEqual([
    { ...wish, type: 'A' },
    { ...wish, type: 'AAAA' },
  ]);
  expect(bindingInputOf({ ...draft, proxied: 'off' })).toMatchObject({ families: 'both', proxied: false });
});

test('a change of a name with two records names what differs in either', () => {
  const records = [binding(), binding({ id: 'six', type: 'AAAA', ttlSeconds: 60 })];
  const [first = binding()] = records;
  const same = settingsOf(first);
  expect([patchOf([first], same), patchOf(records, same)]).toEqual([{}, { ttlSeconds: 30 }]);
  const patch = patchOf(records, { credentialId: 'other', ttl: '60', proxied: 'on' });
  expect(patch).toEqual({ ttlSeconds: 60, proxied: true, credentialId: 'other' });
  const lines = patchLines(records, patch, (id) => id).map(({ sign, text }) => `${sign} ${text}`);
  expect(lines).toEqual([
    ...['- A  TTL 30 s', '+ A  TTL 60 s', '- A  proxied as it is', '+ A  proxied on'],
    ...['- A  credential credential', '+ A  credential other'],
    ...['- AAAA  proxied as it is', '+ AAAA  proxied on', '- AAAA  credential credential', '+ AAAA  credential other'],
  ]);
});
