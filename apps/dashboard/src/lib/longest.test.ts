import { SignInInput } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { longest } from './longest.ts';

const fits = (part: object) =>
  SignInInput.safeParse({ email: 'ops@example.com', password: 'x', code: '123456', ...part }).success;

test('what a form of proof takes at most is what the API takes at most', () => {
  for (const [field, most] of Object.entries(longest)) {
    if (field === 'email') continue;
    expect(fits({ [field]: 'x'.repeat(most) }), field).toBe(true);
    expect(fits({ [field]: 'x'.repeat(most + 1) }), field).toBe(false);
  }
  expect(fits({ email: `${'x'.repeat(longest.email)}@example.com` })).toBe(false);
});
