import { describe, expect, it, onTestFinished } from 'vitest';
import { type EmulatorOptions, startCloudflareEmulator, wrongReplies } from './index.ts';
import { documentedLimit } from './limits.ts';

interface Body {
  readonly success: boolean;
  readonly result: { readonly id: string; readonly content?: string } & Readonly<Record<string, unknown>>;
  readonly errors: readonly { readonly code: number }[];
}

async function serving(options: EmulatorOptions = {}) {
  const emulator = await startCloudflareEmulator(options);
  onTestFinished(() => emulator.stop());
  const zone = emulator.addZone('example.test');
  emulator.addToken('Good');
  const ask = async (method: string, path: string, body?: unknown, token = 'Good') => {
    const headers = { authorization: `Bearer ${token}` };
    const reply = await fetch(`${emulator.apiBase}${path}`, {
      ...{ method, headers, body: body === undefined ? null : JSON.stringify(body) },
    });
    const text = await reply.text();
    return {
      status: reply.status,
      headers: reply.headers,
      body: (text.startsWith('{') ? JSON.parse(text) : null) as Body,
    };
  };
  const records = `/zones/${zone.id}/dns_records`;
  const create = (fields: object = {}) =>
    ask('POST', records, { type: 'A', name: 'lb', content: '192.0.2.1', ttl: 60, ...fields });
  return { emulator, zone, ask, records, create };
}

describe('the emulated API', () => {
  it('keeps what a PATCH does not name, and returns to defaults what a PUT does not', async () => {
    const { ask, records, create, zone } = await serving();
    const { body } = await create({ comment: 'mine', ttl: 1, proxied: true });
    const path = `${records}/${body.result.id}`;
    await ask('PATCH', path, { content: '192.0.2.2' });
    expect(zone.records.list()).toMatchObject([{ content: '192.0.2.2', comment: 'mine', proxied: true }]);
    await ask('PUT', path, { type: 'A', name: 'lb.example.test', content: '192.0.2.3' });
    expect(zone.records.list()).toMatchObject([{ id: body.result.id, comment: null, proxied: false, ttl: 1 }]);
    expect((await ask('DELETE', path)).body.result).toEqual({ id: body.result.id });
    expect((await ask('GET', path)).status).toBe(404);
  });

  it('applies a batch in its documented order, as a whole or not at all', async () => {
    const { ask, records, create, zone } = await serving();
    const first = (await create()).body.result.id;
    const second = (await create({ content: '192.0.2.2' })).body.result.id;
    const patch = { id: first, content: '192.0.2.2' }; // identical to the second, which goes before it
    expect((await ask('POST', `${records}/batch`, { patches: [patch], deletes: [{ id: second }] })).status).toBe(200);
    const { serial } = zone.records;
    const bad = { deletes: [{ id: first }], posts: [{ type: 'A', name: 'lb', content: 'nonsense' }] };
    expect((await ask('POST', `${records}/batch`, bad)).status).toBe(400);
    expect(zone.records.list()).toMatchObject([{ id: first, content: '192.0.2.2' }]);
    expect(zone.records.serial).toBe(serial);
    const posts = Array.from({ length: 201 }, (_, n) => ({ type: 'A', name: `n${n}`, content: '192.0.2.1' }));
    expect((await ask('POST', `${records}/batch`, { posts })).status).toBe(400);
    expect(zone.records.list()).toHaveLength(1);
  });

  it('refuses everything with 429 above its limit, until the lock-out is over', async () => {
    let nowMs = 0;
    const limit = { requests: 2, windowSeconds: 300, lockOutSeconds: 300 };
    const { ask, records } = await serving({ limit, now: () => nowMs });
    const first = await ask('GET', records);
    expect(first.headers.get('ratelimit')).toBe('"default";r=1;t=300');
    expect(first.headers.get('retry-after')).toBeNull();
    await ask('GET', records);
    expect((await ask('GET', records)).headers.get('retry-after')).toBe('300');
    nowMs = 299_999;
    expect((await ask('GET', '/user/tokens/verify')).status).toBe(429);
    nowMs = 300_000;
    expect((await ask('GET', records)).status).toBe(200);
    expect((await ask('GET', records, undefined, 'Another')).status).toBe(403);
    expect(documentedLimit).toEqual({ requests: 1200, windowSeconds: 300, lockOutSeconds: 300 });
  });

  it('can be told to lock everybody out', async () => {
    let nowMs = 0;
    const { emulator, ask, records } = await serving({ now: () => nowMs });
    await ask('GET', records);
    emulator.lockOut(60);
    for (const token of ['Good', 'Another']) {
      const reply = await ask('GET', records, undefined, token);
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '60']);
    }
    nowMs = 60_000;
    expect((await ask('GET', records)).status).toBe(200);
  });

  it('says that a token is active also to an address that it lets in nowhere else', async () => {
    const { emulator, ask, records } = await serving();
    emulator.addToken('Filtered', { addresses: ['192.0.2.7'] });
    expect((await ask('GET', '/user/tokens/verify', undefined, 'Filtered')).body.result['status']).toBe('active');
    expect((await ask('GET', records, undefined, 'Filtered')).body.errors[0]?.code).toBe(9109);
  });

  it.each([
    [{ ttl: 59 }, 1004],
    [{ ttl: 86_401 }, 1004],
    [{ proxied: true, ttl: 60 }, 1004],
    [{ comment: 'c'.repeat(101) }, 1004],
    [{ comment: 'two\nlines' }, 1004],
    [{ type: 'CNAME', content: 'x.test' }, 81053],
    [{}, 81058],
  ])('refuses a record that is not allowed: %j', async (fields, code) => {
    const { create, zone } = await serving();
    await create();
    const reply = await create(fields);
    expect([reply.status, reply.body.success, reply.body.errors[0]?.code]).toEqual([400, false, code]);
    expect(zone.records.list()).toHaveLength(1);
  });

  it('gives pages as the vendor describes them, and says how many there are', async () => {
    const { ask, records, zone } = await serving();
    for (let n = 0; n < 120; n += 1) zone.records.create({ type: 'A', name: `n${n}`, content: '192.0.2.1' });
    const info = async (query: string) => {
      const { status, body } = await ask('GET', `${records}${query}`);
      return [status, (body as { result_info?: object }).result_info];
    };
    const counts = { total_count: 120, total_pages: 2 };
    expect(await info('')).toEqual([200, { page: 1, per_page: 100, count: 100, ...counts }]);
    expect(await info('?page=2')).toEqual([200, { page: 2, per_page: 100, count: 20, ...counts }]);
    expect(await info('?per_page=5000')).toMatchObject([200, { count: 120, total_pages: 1 }]);
    for (const bad of ['?per_page=4', '?per_page=5001', '?per_page=x', '?page=0'])
      expect((await info(bad))[0]).toBe(400);
    expect((await ask('GET', '/zones?per_page=51')).status).toBe(400);
  });

  it('counts requests by their kind, refused ones as well', async () => {
    const { emulator, ask, records, create } = await serving();
    const { id } = (await create()).body.result;
    for (const path of ['/user/tokens/verify', '/zones', records, `${records}?name=x`, `${records}/${id}`, '/nothing'])
      await ask('GET', path);
    await ask('GET', records.replace('/dns_records', ''));
    await ask('PATCH', `${records}/${id}`, {});
    await ask('PUT', `${records}/${id}`, {});
    await ask('DELETE', `${records}/${id}`, {}, 'Nobody');
    await ask('POST', `${records}/batch`, {});
    const one = {
      'find-zone': 1,
      zone: 1,
      verify: 1,
      look: 1,
      list: 1,
      record: 1,
      create: 1,
      patch: 1,
      put: 1,
      delete: 1,
    };
    expect(emulator.calls()).toEqual({ ...one, batch: 1, other: 1, total: 12 });
  });

  it('takes a name outside the zone for one below it', async () => {
    const { create } = await serving();
    expect((await create({ name: 'lb.other.test' })).body.result['name']).toBe('lb.other.test.example.test');
  });

  it('carries out what came in time although its client has left, and tells who serves the zone', async () => {
    const told: (readonly string[])[] = [];
    const { emulator, create, zone } = await serving({ onChange: async (_, names) => void told.push(names) });
    emulator.inject({ kind: 'after', reply: wrongReplies.page(504) });
    expect((await create()).status).toBe(504);
    expect(zone.records.list()).toHaveLength(1);
    expect(told).toEqual([['lb.example.test']]);
  });

  it('holds a write by the clock that it is given, and carries it out when its client has left long ago', async () => {
    const sleeps: { ms: number; wake: () => void }[] = [];
    const sleep = (ms: number) => new Promise<void>((wake) => void sleeps.push({ ms, wake }));
    const { emulator, zone, records } = await serving({ sleep });
    for (const kind of ['delay', 'late'] as const) {
      emulator.inject({ kind, ms: 600_000 }, { methods: ['POST'] });
      const gone = new AbortController();
      const body = JSON.stringify({ type: 'A', name: kind, content: '192.0.2.1', ttl: 60 });
      const headers = { authorization: 'Bearer Good' };
      const lost = fetch(`${emulator.apiBase}${records}`, { method: 'POST', headers, body, signal: gone.signal });
      while (emulator.exchanges.at(-1)?.body !== body) await new Promise((turn) => setImmediate(turn));
      if (kind === 'late') expect(sleeps).toEqual([]); // as long as the client waits
      gone.abort();
      await expect(lost).rejects.toThrow();
      while (sleeps.length === 0) await new Promise((turn) => setImmediate(turn));
      expect(sleeps.map(({ ms }) => ms)).toEqual([600_000]);
      const before = zone.records.list().length;
      sleeps.shift()?.wake();
      while (zone.records.list().length === before) await new Promise((turn) => setImmediate(turn));
    }
    expect(zone.records.list().map(({ name }) => name)).toEqual(['delay.example.test', 'late.example.test']);
  });

  it('locks everybody out from a request of a batch on, which is not carried out', async () => {
    let nowMs = 0;
    const { emulator, ask, records, create, zone } = await serving({ now: () => nowMs });
    emulator.inject({ kind: 'lock-out', seconds: 60 }, { path: /batch$/ });
    await create();
    const reply = await ask('POST', `${records}/batch`, { deletes: [{ id: zone.records.list()[0]?.id }] });
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await ask('GET', records)).status).toBe(429);
    nowMs = 60_000;
    expect((await ask('GET', records)).status).toBe(200);
    expect(zone.records.list()).toHaveLength(1);
  });

  it('lets as many requests pass before a fault as it is told', async () => {
    const { emulator, create } = await serving();
    emulator.inject({ kind: 'before', reply: wrongReplies.page(503) }, { methods: ['POST'], skip: 1 });
    const statuses = [];
    for (const name of ['a', 'b', 'c']) statuses.push((await create({ name })).status);
    expect(statuses).toEqual([200, 503, 200]);
  });
});
