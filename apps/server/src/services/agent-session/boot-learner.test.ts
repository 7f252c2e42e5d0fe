import { AppError, type MemberId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createBootLearner } from './boot-learner.ts';

const member = 'm00000000001' as MemberId;
const turn = () => new Promise(setImmediate);

test('the store is told once while it works on it, and the boot is known here once it is stored', async () => {
  const raised: number[] = [];
  const noted: number[] = [];
  const keys = { raiseBoot: async (_id: MemberId, boot: number) => void raised.push(boot) };
  const learn = createBootLearner(
    keys,
    () => ({ noteBoot: (_id, boot) => void noted.push(boot) }),
    (error) => expect.unreachable(String(error)),
  );
  learn(member, 5);
  learn(member, 5);
  expect([raised, noted]).toEqual([[5], []]);
  await turn();
  expect(noted).toEqual([5]);
});

test('a store that does not answer is told again by the next beat', async () => {
  const failures: unknown[] = [];
  let answers = false;
  const keys = {
    async raiseBoot() {
      if (!answers) throw new AppError('database_unavailable');
    },
  };
  const noted: number[] = [];
  const learn = createBootLearner(
    keys,
    () => ({ noteBoot: (_id, boot) => void noted.push(boot) }),
    (error) => void failures.push(error),
  );
  learn(member, 5);
  await turn();
  answers = true;
  learn(member, 5);
  await turn();
  expect([failures.length, noted]).toEqual([1, [5]]);
});
