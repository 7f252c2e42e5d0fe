import { expect, test } from 'vitest';
import { grantsText, inviterText } from './role-words.ts';

const nameOf = (id: string) => `the ${id}`;

test('roles are said once each, with all their places', () => {
  expect(grantsText([{ role: 'administrator', poolId: null }], nameOf)).toBe('administrator everywhere');
  expect(
    grantsText(
      [
        { role: 'operator', poolId: 'edge' },
        { role: 'viewer', poolId: null },
        { role: 'operator', poolId: 'core' },
      ],
      nameOf,
    ),
  ).toBe('operator in the edge, the core; viewer everywhere');
});

test('who has no role may do nothing, and that is said', () => {
  expect(grantsText([], nameOf)).toBe('none: may do nothing');
});

test('a person is named by the address, the host is no person', () => {
  expect(inviterText('user:ann@example.com')).toBe('ann@example.com');
  expect(inviterText('host')).toBe('The administrator of this control plane’s host');
});
