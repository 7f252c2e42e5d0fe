import { expect, test } from 'vitest';
import { invalidName } from './invalid-name.ts';

test.each([
  ['münchen.lab.test', 'its ASCII form is xn--mnchen-3ya.lab.test: give that'],
  ['MÜNCHEN.lab.test', 'its ASCII form is xn--mnchen-3ya.lab.test: give that'],
  ['a\u00a0b.lab.test', 'it has characters that no name can have'],
  ['*.lab.test', 'a wildcard is not managed: give each name that clients use'],
])('%s is refused with what is wrong with it', (value, because) => {
  expect(invalidName('name', value)).toMatchObject({
    code: 'dns_name_invalid',
    details: { field: 'name', value, because },
  });
});

test('where nothing more is known the refusal alone is told', () => {
  expect(invalidName('name', 'a b').details).toEqual({ field: 'name', value: 'a b' });
});
