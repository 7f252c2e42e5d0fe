import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/index.ts';
import { Trip, type TripPlan } from './trip.ts';

/* R22: one call for all that are aboard, and no seat is ever left waiting. */

type Plan = TripPlan<string, string, string, string>;

function open(change: Partial<Plan> = {}) {
  const clock = createFakeClock();
  const called: (readonly string[])[] = [];
  const done: string[] = [];
  const trip = new Trip<string, string, string, string>({
    clock,
    mostSeats: () => 10,
    gather: () => clock.sleep(10),
    place: async () => 'ticket',
    mayGo: () => true,
    async call(passengers) {
      called.push(passengers.map(({ asked }) => asked));
      for (const { asked, settle } of passengers) settle({ status: 'fulfilled', value: `${asked}!` });
    },
    done: (ticket) => void done.push(ticket),
    ...change,
  });
  return { clock, trip, called, done };
}
const outcomeOf = async <T>(promise: Promise<T> | undefined) => {
  const open = Symbol('open');
  const found = await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, open))]);
  return found === open ? 'open' : found;
};

test('all that board before it leaves are carried by one call, each with its own outcome', async () => {
  const { clock, trip, called, done } = open();
  const [a, b] = [trip.board('a'), trip.board('b')];
  await clock.advance(10);
  expect([await a.boarded, await b.boarded, trip.isOpen]).toEqual(['ticket', 'ticket', false]);
  const sent = [a.send('x'), b.send('y')];
  expect(await Promise.all(sent)).toEqual(['x!', 'y!']);
  await trip.over;
  expect([called, done]).toEqual([[['x', 'y']], ['ticket']]);
});

test('a place that cannot be asked for is everybody’s failure: nobody waits for ever', async () => {
  const { clock, trip, called } = open({ place: () => Promise.reject(new Error('a mistake of ours')) });
  const [a, b] = [trip.board('a'), trip.board('b')];
  const boarded = Promise.allSettled([a.boarded, b.boarded]);
  await clock.advance(10);
  expect((await boarded).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await trip.over;
  expect(called).toEqual([]);
});

test('who has said what it wants waits 100 ms for the others; who comes later has missed it', async () => {
  const { clock, trip, called } = open();
  const [a, b] = [trip.board('a'), trip.board('b')];
  await clock.advance(10);
  const sent = a.send('x');
  await clock.advance(99);
  expect(called).toEqual([]);
  await clock.advance(1);
  expect([await sent, await b.send('y'), called]).toEqual(['x!', null, [['x']]]);
});

test('a seat that is left after it has sent, while others are still awaited, settles with nothing', async () => {
  const { clock, trip, called } = open();
  const [a, b] = [trip.board('a'), trip.board('b')];
  await clock.advance(10);
  const left = a.send('x');
  a.leave();
  expect(await outcomeOf(left)).toBeNull();
  expect([await b.send('y'), called]).toEqual(['y!', [['y']]]);
});

test('a seat that is left while the call is under way gets what comes of it', async () => {
  const answer = Promise.withResolvers<void>();
  const { clock, trip } = open({
    async call(passengers) {
      await answer.promise;
      for (const { asked, settle } of passengers) settle({ status: 'fulfilled', value: asked });
    },
  });
  const [a, b] = [trip.board('a'), trip.board('b')];
  await clock.advance(10);
  const [first] = [a.send('x'), b.send('y')];
  await clock.settle();
  a.leave();
  expect(await outcomeOf(first)).toBe('open');
  answer.resolve();
  expect(await first).toBe('x');
});

test('when all have left, the waiting for a place ends, or the call', async () => {
  const aborted: string[] = [];
  const noted = (what: string) => (isOver: AbortSignal) =>
    new Promise<null>((resolve) => {
      isOver.addEventListener('abort', () => {
        aborted.push(what);
        resolve(null);
      });
    });
  const waiting = open({ place: (_fares, isOver) => noted('place')(isOver) });
  const seat = waiting.trip.board('a');
  await waiting.clock.advance(10);
  seat.leave();
  expect(await seat.boarded).toBeNull();
  const calling = open({
    async call(passengers, _ticket, isOver) {
      await noted('call')(isOver);
      for (const { settle } of passengers) settle({ status: 'rejected', reason: new Error('aborted') });
    },
  });
  const other = calling.trip.board('a');
  await calling.clock.advance(10);
  const sent = other.send('x');
  await calling.clock.settle();
  other.leave();
  await expect(sent).rejects.toThrow('aborted');
  expect(aborted).toEqual(['place', 'call']);
});

test('what is not wanted any more right before the call is left out of it, and all are when it may not go (R15, R16)', async () => {
  const { clock, trip, called } = open();
  const [a, b] = [trip.board('a'), trip.board('b')];
  await clock.advance(10);
  const sent = [a.send('x', () => false), b.send('y', () => true)];
  expect([await Promise.all(sent), called]).toEqual([[null, 'y!'], [['y']]]);
  const barred = open({ mayGo: () => false });
  const seat = barred.trip.board('a');
  await barred.clock.advance(10);
  expect([await seat.send('x'), barred.called]).toEqual([null, []]);
});

test('without a place nobody goes', async () => {
  const { clock, trip, called } = open({ place: async () => null });
  const seat = trip.board('a');
  await clock.advance(10);
  expect([await seat.boarded, called]).toEqual([null, []]);
});

test('each seat settles as soon as it is known what came of it, and the first word counts', async () => {
  const over = Promise.withResolvers<void>();
  const { clock, trip } = open({
    async call([first, second]) {
      first?.settle({ status: 'fulfilled', value: 'written' });
      await over.promise;
      first?.settle({ status: 'rejected', reason: new Error('too late') });
      second?.settle({ status: 'fulfilled', value: null });
    },
  });
  const seats = ['a', 'b', 'c'].map((fare) => trip.board(fare));
  await clock.advance(10);
  const [a, b, c] = seats.map((seat, index) => seat.send(`${index}`));
  c?.catch(() => undefined);
  await clock.settle();
  expect([await outcomeOf(a), await outcomeOf(b)]).toEqual(['written', 'open']);
  over.resolve();
  expect(await b).toBeNull();
  await expect(c).rejects.toMatchObject({ code: 'internal' }); // the call came back without it
});

test('who is under way is asked again whether it is wanted: it may have left, or nobody may go any more (R15, R16)', async () => {
  const wanted: (boolean | undefined)[][] = [];
  const goOn = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  let mayGo = true;
  let isWanted = true;
  const { clock, trip } = open({
    mayGo: () => mayGo,
    async call(passengers) {
      for (const { promise } of goOn) {
        await promise;
        wanted.push(passengers.map((passenger) => passenger.isWanted()));
      }
    },
  });
  const seats = ['a', 'b', 'c'].map((fare) => trip.board(fare));
  await clock.advance(10);
  const sent = Promise.allSettled(seats.map((seat, index) => seat.send('x', () => index !== 1 || isWanted)));
  await clock.settle();
  seats[0]?.leave();
  goOn[0]?.resolve();
  await clock.settle();
  isWanted = false;
  goOn[1]?.resolve();
  await clock.settle();
  mayGo = false;
  goOn[2]?.resolve();
  await sent;
  expect(wanted).toEqual([
    [false, true, true],
    [false, false, true],
    [false, false, false],
  ]);
});

test('who comes after a place was asked for finds as many seats as there are then', async () => {
  const place = Promise.withResolvers<string>();
  const { clock, trip } = open({
    place: () => place.promise,
    mostSeats: (placedFor) => placedFor ?? 5,
  });
  trip.board('a');
  trip.board('b');
  expect(trip.isOpen).toBe(true);
  await clock.advance(10);
  expect(trip.isOpen).toBe(false);
});
