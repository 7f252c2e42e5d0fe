import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { systemClock as clock } from '../../platform/clock.ts';
import { openLogHouse } from './testing/log-house.ts';

/*
 * A measurement, since what a sealer makes of 200 entries a second says as much about the machine: the figures are the test's annotation.
 * What must hold on any machine is that nothing is left out and that the chain holds. Two seconds are what R41 asks for.
 */

const perSecond = 200;
const seconds = 5;

test('200 entries a second for 5 s are sealed while they come', async ({ annotate }) => {
  const house = await openLogHouse();
  house.seal();
  house.seal();
  const total = perSecond * seconds;
  const began = clock.now();
  const writing: Promise<number>[] = [];
  for (let n = 0; n < total; n += 1) {
    await clock.sleep(Math.max(0, began + (n * 1_000) / perSecond - clock.now()));
    writing.push(house.write({ details: { n } }));
  }
  await Promise.all(writing);
  const tookMs = clock.now() - began;
  await house.sealed();
  const { rows } = await sql<{ p50: number; p99: number; max: number; late: number }>`
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) AS p99,
      max(ms) AS max, count(*) FILTER (WHERE ms > 2000) AS late
    FROM (SELECT extract(epoch FROM s.sealed_at - e.at)::float8 * 1000 AS ms
      FROM audit_seal AS s JOIN audit_entry AS e USING (seq)) AS delays`.execute(house.database.kysely);
  const [{ p50, p99, max, late } = { p50: 0, p99: 0, max: 0, late: 0 }] = rows;
  const [rate, ...delays] = [(total / tookMs) * 1_000, p50, p99, max].map(Math.round);
  await annotate(
    `${rate} entries/s; from writing to seal p50 ${delays[0]} ms, p99 ${delays[1]} ms, max ${delays[2]} ms; ${late} of ${total} took more than 2 s`,
  );
  expect(await house.verify()).toMatchObject({ holds: true, entries: total, unsealed: 0 });
  await house.close();
});
