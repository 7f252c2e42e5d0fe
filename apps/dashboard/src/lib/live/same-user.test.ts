import { expect, test } from 'vitest';
import { isSignedInAs } from './same-user.ts';

const ask = async (first: string | undefined, now: string | null) => {
  let others = 0;
  const told: (string | null)[] = [];
  const known = first === undefined ? undefined : { userId: first };
  const isSignedIn = await isSignedInAs(known, async () => ({ userId: now }), {
    onAnother: () => {
      others += 1;
    },
    onSame: ({ userId }) => told.push(userId),
  });
  return { isSignedIn, others, told };
};

test('where another is signed in than the page was opened for, that is said; of the same the page is told what they are now', async () => {
  expect(await ask('ada', 'bea')).toEqual({ isSignedIn: true, others: 1, told: [] });
  expect(await ask('ada', 'ada')).toEqual({ isSignedIn: true, others: 0, told: ['ada'] });
  expect(await ask(undefined, 'bea')).toEqual({ isSignedIn: true, others: 0, told: ['bea'] });
});

test('that nobody answers is not that nobody is signed in', async () => {
  const failing = isSignedInAs({ userId: 'ada' }, () => Promise.reject(new Error('away')), {
    onAnother: () => {},
    onSame: () => {},
  });
  await expect(failing).rejects.toThrow('away');
});
