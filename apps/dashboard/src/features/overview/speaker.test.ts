import { expect, test } from 'vitest';
import { createFakeClock } from '../../lib/testing/clock.ts';
import { member, pool } from '../../lib/testing/pools.ts';
import { createSpeaker } from './speaker.ts';

const inState = (state: 'calm' | 'deciding' | 'publishing' | 'verifying', activeMemberId = 'fra') =>
  pool({ activeMemberId, status: { state, sentence: `Said of ${state}.`, members: [member('fra'), member('ams')] } });

function listen() {
  const said: string[] = [];
  const clock = createFakeClock();
  return { said, clock, speaker: createSpeaker(clock, (text) => said.push(text)) };
}

test('what came and went since it spoke last is not said any more, and the rest is said as it happened', () => {
  const { said, clock, speaker } = listen();
  speaker.hear(inState('calm'));
  speaker.hear(inState('deciding'));
  clock.advance(1);
  speaker.hear(inState('publishing', 'ams'));
  clock.advance(500);
  speaker.hear(inState('verifying', 'ams'));
  clock.advance(500);
  speaker.hear(inState('calm', 'ams'));
  clock.advance(5_000);
  expect(said).toEqual(['Deciding: Said of deciding.', 'ams.example.com is active now. Calm: Said of calm.']);
});

test('what is as it was by the time is not said at all, and the next news is', () => {
  const { said, clock, speaker } = listen();
  speaker.hear(inState('calm'));
  speaker.hear(inState('deciding'));
  speaker.hear(inState('calm'));
  clock.advance(5_000);
  expect(said).toEqual([]);
  speaker.hear(inState('verifying'));
  clock.advance(1);
  expect(said).toEqual(['Verifying: Said of verifying.']);
});

test('another pool is no change, and after its end it says nothing', () => {
  const { said, clock, speaker } = listen();
  speaker.hear(inState('calm'));
  speaker.hear({ ...inState('deciding'), id: 'other' });
  clock.advance(5_000);
  speaker.hear({ ...inState('calm'), id: 'other' });
  speaker.stop();
  clock.advance(5_000);
  expect(said).toEqual([]);
});
