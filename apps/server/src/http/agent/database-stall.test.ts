import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { openAgentHouse } from './testing/agent-house.ts';
import { beat, enrolled, heartbeat, started } from './testing/test-agent.ts';

/** For a loaded machine: what is awaited takes milliseconds. */
const patience = { interval: 10, timeout: 20_000 };

test('while the database does not take our writes agents are sent on with 503, yet what they said is stored afterwards (R2)', async () => {
  const house = await openAgentHouse();
  try {
    const agent = await enrolled(house, await house.addMember());
    const session = await started(house, agent);
    const say = (seq: number) => beat(house, session, heartbeat(agent.member, session.boot, seq));
    await house.store();
    expect((await say(1)).statusCode).toBe(200);
    await house.store();

    const { kysely } = house.database;
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const blocking = kysely.transaction().execute(async (trx) => {
      await sql`LOCK TABLE listener IN ACCESS EXCLUSIVE MODE`.execute(trx);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;

    await house.clock.advance(900);
    expect((await say(2)).statusCode).toBe(200);
    await house.clock.advance(200);
    const refused = await say(3);
    expect(refused.statusCode).toBe(503);
    expect(refused.json().error.code).toBe('not_listening');
    expect(house.listener.flushHealthy()).toBe(false);

    release.resolve();
    await blocking;
    await house.store();
    expect((await say(4)).statusCode).toBe(200);
    await vi.waitFor(async () => {
      await house.store();
      const row = await kysely.selectFrom('member_liveness').select('seq').executeTakeFirst();
      expect(row?.seq).toBe(4);
    }, patience);
    expect(house.listener.statistics().beats).toMatchObject({ accepted: 4, gaps: 0 });
  } finally {
    await house.close();
  }
});
