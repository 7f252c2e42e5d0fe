import type { AddressInfo } from 'node:net';
import { type AuditExportQuery, createClient } from '@serverctl/contract';
import { fullAccess } from '@serverctl/core';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock as clock } from '../platform/clock.ts';
import { createSecretBox } from '../platform/secrets.ts';
import { type LogHouse, openLogHouse, rightKey } from '../services/audit/testing/log-house.ts';
import type { ServiceDeps } from '../services/deps.ts';
import { rememberPrincipal } from './caller.ts';
import { answerErrors } from './plugins/errors.ts';
import { auditRoutes } from './routes/audit.ts';

/** The three routes alone, over a real socket: an export is as long as it wants, and flows. */
const app = Fastify({ genReqId: () => 'request00001' });
let house: LogHouse;
let client: ReturnType<typeof createClient>;

const pool = 'pool00000001';

beforeAll(async () => {
  house = await openLogHouse();
  const deps = { db: house.database.kysely, clock, secrets: createSecretBox(rightKey) } as ServiceDeps;
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  app.addHook('onRequest', async (request) =>
    rememberPrincipal(request, { kind: 'host', actor: 'host', access: fullAccess }, async () => null),
  );
  await app.register(auditRoutes, { deps, prefix: '/api/v1' });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  client = createClient({ baseUrl: `http://127.0.0.1:${port}`, token: 't' });
  await fill();
});
afterAll(async () => {
  await app.close();
  await house.close();
});

/** Four entries at four minutes of one day, and a pool that is named by one of them. */
async function fill(): Promise<void> {
  const at = (minute: number) => sql`timestamptz '2026-01-31 12:00:00Z' + ${minute} * interval '1 minute'`;
  await sql`INSERT INTO pool (id, name, preset, failover_delay_ms, haproxy_grace_ms, failback)
    VALUES (${pool}, 'edge', 'generic', 30000, 0, '{}')`.execute(house.database.kysely);
  await sql`INSERT INTO audit_entry (at, actor, action, target, pool_id, reason, request_id, details) VALUES
    (${at(1)}, 'user:a@example.com', 'pool.create', ${pool}, ${pool}, NULL, 'r1', '{"settings": ["name"]}'),
    (${at(2)}, 'user:b@example.com', 'pool.pause', ${pool}, ${pool}, '=HYPERLINK("x")', 'r2', '{}'),
    (${at(3)} + interval '500 milliseconds', 'loop', 'promotion.failover', ${pool}, 'gone00000001', '', NULL, '{}'),
    (${at(4)}, 'user:a_x@example.com', 'member.remove', 'm', NULL, E'two\nlines, "quoted"', NULL, '{}')`.execute(
    house.database.kysely,
  );
}

const seqs = async (query: Parameters<typeof client.audit.list>[0]) =>
  (await client.audit.list(query)).entries.map(({ seq }) => seq);

async function exported(query: AuditExportQuery): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of client.audit.export(query)) text += decoder.decode(chunk, { stream: true });
  return text;
}

test.each([
  [{}, [4, 3, 2, 1]],
  [{ actor: 'user:*' }, [4, 2, 1]],
  [{ actor: 'user:a@example.com' }, [1]],
  [{ actor: 'user:a_*' }, [4]],
  [{ actor: 'user:a%*' }, []],
  [{ actor: 'user:a' }, []],
  [{ action: 'pool.*' }, [2, 1]],
  [{ action: '*' }, [4, 3, 2, 1]],
  [{ target: 'm' }, [4]],
  [{ poolId: 'EDGE' }, [2, 1]],
  [{ poolId: pool, actor: 'user:b*' }, [2]],
  [{ poolId: 'gone00000001' }, [3]],
  [{ since: '2026-01-31T12:02:00Z' }, [4, 3, 2]],
  [{ since: '2026-01-31T12:02:00.001Z' }, [4, 3]],
  [{ until: '2026-01-31T12:03:00Z' }, [3, 2, 1]],
  [{ until: '2026-01-31T12:03:00.499Z' }, [2, 1]],
  [{ until: '2026-01-31T12:03:00.500Z' }, [3, 2, 1]],
])('the filter %j shows entries %j', async (query, expected) => {
  expect(await seqs(query)).toEqual(expected);
});

test('an unknown pool is refused, since an empty list would say that nothing was done', async () => {
  await expect(client.audit.list({ poolId: 'egde' })).rejects.toMatchObject({ code: 'pool_not_found' });
});

test('pages follow one another by the cursor, and the last one says that it is', async () => {
  const first = await client.audit.list({ limit: 3 });
  expect(first).toMatchObject({ entries: [{ seq: 4 }, { seq: 3 }, { seq: 2 }], next: 2 });
  expect(await client.audit.list({ limit: 3, before: 2 })).toMatchObject({ entries: [{ seq: 1 }], next: null });
  expect(await client.audit.list({ limit: 4 })).toMatchObject({ next: null });
});

test('an entry is shown whole', async () => {
  expect((await client.audit.list({ target: pool, action: 'pool.create' })).entries).toEqual([
    {
      seq: 1,
      at: '2026-01-31T12:01:00.000Z',
      actor: 'user:a@example.com',
      action: 'pool.create',
      target: pool,
      poolId: pool,
      reason: null,
      requestId: 'r1',
      details: { settings: ['name'] },
      sealed: false,
    },
  ]);
});

test('an export as JSON lines has what the list has, oldest first, and is in the log itself', async () => {
  const lines = (await exported({ until: '2026-02-01T00:00:00Z' })).trimEnd().split('\n');
  const listed = await client.audit.list({ until: '2026-02-01T00:00:00Z' });
  expect(lines.map((line) => JSON.parse(line))).toEqual(listed.entries.toReversed());
  expect((await client.audit.list({ limit: 1 })).entries).toMatchObject([
    {
      actor: 'host',
      action: 'audit.export',
      target: 'audit-log',
      requestId: 'request00001',
      details: { format: 'jsonl', until: '2026-02-01T00:00:00Z' },
    },
  ]);
});

test('an export as CSV is text for a spreadsheet: no cell is a formula, quotes and lines stay in their cell', async () => {
  const text = await exported({ format: 'csv', until: '2026-02-01T00:00:00Z' });
  const rows = text.split('\r\n');
  expect(rows[0]).toBe('seq,at,actor,action,target,pool_id,reason,request_id,details,sealed');
  expect(rows[1]).toBe(
    `1,2026-01-31T12:01:00.000Z,user:a@example.com,pool.create,${pool},${pool},,r1,"{""settings"":[""name""]}",false`,
  );
  expect(rows[2]).toContain(`,"'=HYPERLINK(""x"")",`);
  expect(rows[4]).toContain(',"two\nlines, ""quoted""",');
  expect(rows.slice(5)).toEqual(['']);
});

test('a long log is exported whole, in pieces', async () => {
  await sql`INSERT INTO audit_entry (at, actor, action, target, details)
    SELECT '2026-03-01', 'long', 'b', n::text, jsonb_build_object('x', repeat('y', 200)) FROM generate_series(1, 2345) AS n`.execute(
    house.database.kysely,
  );
  let pieces = 0;
  let length = 0;
  for await (const chunk of client.audit.export({ actor: 'long' })) {
    pieces += 1;
    length += chunk.filter((byte) => byte === 10).length;
  }
  expect(length).toBe(2345);
  expect(pieces).toBeGreaterThan(4);
});

test('an export that fails on its way is known not to be whole', async () => {
  await sql`INSERT INTO audit_entry (at, actor, action, target) SELECT '2026-03-02', 'cut', 'b', repeat('c', 20000) FROM generate_series(1, 1500)`.execute(
    house.database.kysely,
  );
  const { schema } = house.database.kysely;
  const reading = client.audit.export({ actor: 'cut' })[Symbol.asyncIterator]();
  await reading.next();
  const rest = (async () => {
    for (let next = await reading.next(); !next.done; next = await reading.next());
  })();
  app.server.closeAllConnections();
  await expect(rest).rejects.toMatchObject({
    code: 'control_plane_unreachable',
    details: { because: expect.stringContaining('not whole') },
  });
  await schema.alterTable('audit_seal').renameTo('seal_away').execute();
  await expect(exported({ actor: 'cut' })).rejects.toMatchObject({ code: 'internal' });
  await schema.alterTable('seal_away').renameTo('audit_seal').execute();
});

test('whether the chain holds is told, also against a head that was noted', async () => {
  const stop = house.seal();
  await house.sealed();
  await stop();
  const { holds, head } = await client.audit.verify();
  expect(holds).toBe(true);
  const noted = `${head?.position}:${head?.hash}`;
  expect(await client.audit.verify({ expect: noted })).toMatchObject({ holds: true });
  expect(
    await client.audit.verify({ expect: noted.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }),
  ).toMatchObject({ holds: false, problems: [{ position: head?.position }] });
  await expect(client.audit.verify({ expect: 'yesterday' })).rejects.toMatchObject({ code: 'request_invalid' });
});
