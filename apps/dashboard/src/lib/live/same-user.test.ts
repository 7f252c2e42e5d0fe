import { expect, test } from 'vitest';
import { isSignedInAs } from './same-user.ts';

const ask = async (first: string | undefined, now: string | null) => {
  let others = 0;
  const known = first === undefined ? undefined : { userId: first };
  const isSignedIn = await isSignedInAs(
    known,
    async () => ({ userId: now }),
    () => {
      others += 1;
    },
  );
  return { isSignedIn, others };
};

test('where another is signed in than the page was opened for, that is said', async () => {
  expect(await ask('ada', 'bea')).toEqual({ isSignedIn: true, others: 1 });
  expect(await ask('ada', 'ada')).toEqual({ isSignedIn: true, others: 0 });
  expect(await ask(undefined, 'bea')).toEqual({ isSignedIn: true, others: 0 });
});

test('that nobody answers is not that nobody is signed in', async () => {
  const failing = isSignedInAs(
    { userId: 'ada' },
    () => Promise.reject(new Error('away')),
    () => {},
  );
  await expect(failing).rejects.toThrow('away');
});
