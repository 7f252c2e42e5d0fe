import { expect, test } from 'vitest';
import { settle } from './draft.ts';

const draft = { value: '20', base: '30', isSaved: false };

test('without a draft, and when the draft is what is stored, the form shows what is stored', () => {
  const calm = { isDirty: false, isPending: false, theirs: null };
  expect(settle(null, '30')).toEqual({ ...calm, shown: '30', stored: '30' });
  expect(settle(draft, '20')).toEqual({ ...calm, shown: '20', stored: '20' });
});

test('what a person wrote stays, and is not saved yet', () => {
  expect(settle(draft, '30')).toEqual({ shown: '20', stored: '30', isDirty: true, isPending: false, theirs: null });
});

test('what somebody else stored meanwhile is shown beside it, and overwrites nothing', () => {
  expect(settle(draft, '45')).toMatchObject({ shown: '20', isDirty: true, theirs: { value: '45' } });
});

test('what was saved is shown until the stream brings it, and then whatever is stored', () => {
  const saved = { ...draft, isSaved: true };
  expect(settle(saved, '30')).toMatchObject({ shown: '20', stored: '20', isDirty: false, isPending: true });
  expect(settle(saved, '20')).toMatchObject({ shown: '20', isPending: false });
  expect(settle(saved, '45')).toMatchObject({ shown: '45', stored: '45', isPending: false, theirs: null });
});
