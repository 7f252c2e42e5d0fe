import type { AppError, Replaced } from '@serverctl/core';
import type { Prepared } from '@serverctl/dns/testing';
import { describe, expect, it } from 'vitest';
import { owner, us } from './adapter.ts';
import { markOf, nothing, one, ref, servingAdapter, soon, two, zoneName } from './adapter-scene.ts';
import { wrongReplies } from './replies.ts';
import type { ZoneLine } from './zone-file.ts';

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: AppError) => error.code,
  );
const isOpen = 'dns_outcome_unknown';
const parse = /parse/;
const edit = /mass_edit/;
const request = { ref, expected: nothing, next: { address: two, ttlSeconds: 60 }, mark: markOf(1) };

describe.each(['cpanel', 'whm'] as const)('%s that answers', (panel) => {
  const json = (body: object): Prepared => ({
    ...{ status: 200, headers: { 'content-type': 'application/json' } },
    text: JSON.stringify(body),
  });
  const empty = panel === 'cpanel' ? json({ status: 1 }) : json({ metadata: { result: 1 } });
  it.each<[string, Prepared, string, string]>([
    ['with its sign-in page and 200', wrongReplies.page(200), 'dns_panel_page', isOpen],
    ['with a page and 403', wrongReplies.page(403), 'dns_token_refused', isOpen],
    ['with a page and 401', wrongReplies.page(401), 'dns_token_refused', isOpen],
    ['with a page and 413', wrongReplies.page(413), 'dns_panel_page', isOpen],
    ['with half of a reply', wrongReplies.cut(), 'dns_reply_malformed', isOpen],
    ['with JSON of nobody', wrongReplies.strange(), 'dns_reply_malformed', isOpen],
    ['with a success that says nothing more', empty, 'dns_reply_malformed', isOpen],
    ['with a gateway’s page', wrongReplies.page(502), 'dns_server_failure', isOpen],
  ])('%s, having done what was asked, ends in the right code', async (_, reply, read, write) => {
    const { emulator, open } = await servingAdapter(panel);
    const provider = open();
    emulator.inject({ kind: 'after', reply }, { path: parse });
    expect(await codeOf(provider.read(ref, soon()))).toBe(read);
    emulator.inject({ kind: 'after', reply }, { path: edit });
    expect(await codeOf(provider.replace(request, soon()))).toBe(write);
    expect(await provider.replace(request, soon())).toMatchObject({ outcome: 'already' }); // what a read before the retry finds
  });

  it('after nobody waits any more wrote it once, or, where others wrote meanwhile, does not write it (I4)', async () => {
    for (const isMeanwhile of [false, true]) {
      const { emulator, open, zone, edits } = await servingAdapter(panel);
      const wake = Promise.withResolvers<void>();
      emulator.inject({ kind: 'delay', until: () => wake.promise }, { path: edit });
      const gone = new AbortController();
      const slow = codeOf(open().replace(request, gone.signal));
      while (edits().length === 0) await new Promise((turn) => setImmediate(turn));
      gone.abort();
      expect(await slow).toBe(isOpen);
      const next = { ...request, next: { address: one, ttlSeconds: 60 }, mark: markOf(2) };
      if (isMeanwhile) expect(await open().replace(next, soon())).toMatchObject({ outcome: 'written' });
      wake.resolve();
      while (edits()[0]?.reply === null) await new Promise((turn) => setImmediate(turn));
      expect(zone.held(ref.name, 'A')).toEqual([isMeanwhile ? one : two]);
    }
  });

  it('slowly is given up by the caller’s signal: a read is repeated, nothing is open', async () => {
    const { emulator, open } = await servingAdapter(panel);
    emulator.inject({ kind: 'silence', applied: true }, { path: parse });
    const gone = new AbortController();
    const lost = emulator.lost();
    const slow = codeOf(open().read(ref, gone.signal));
    await lost;
    gone.abort();
    expect(await slow).toBe('dns_unreachable');
  });

  it('with a page to a token that is over, is for other addresses, or while it is locked, refuses the token', async () => {
    const { emulator, open } = await servingAdapter(panel);
    emulator.addToken({ service: panel, user: owner, value: 'over', status: 'expired' });
    emulator.addToken({ service: panel, user: owner, value: 'elsewhere', addresses: ['192.0.2.7'] });
    for (const token of ['over', 'elsewhere'])
      expect(await codeOf(open({ token }).probe(ref, soon()))).toBe('dns_token_refused');
    emulator.inject({ kind: 'lock-out', seconds: 60 });
    expect(await codeOf(open().replace(request, soon()))).toBe('dns_token_refused');
  });
});

describe('a zone', () => {
  const record = (dname: string, data: string, type = 'A'): ZoneLine => ({
    ...{ kind: 'record', dname, type, ttl: 60 },
    data: [data],
  });
  const move = async (scene: Awaited<ReturnType<typeof servingAdapter>>): Promise<Replaced> => scene.replace();

  it.each([
    ['of 8 MiB or more, such as 100,000 records, is not read: nothing is written', 100_000, false],
    ['of 30,000 records is', 30_000, true],
  ])('%s', async (_, records, isRead) => {
    const scene = await servingAdapter('whm');
    const many = Array.from({ length: records }, (_, n) => record(`host-${n}`, '192.0.2.7'));
    scene.zone.write([...scene.zone.lines, ...many]);
    if (isRead) {
      expect(await move(scene)).toMatchObject({ outcome: 'written' });
      return;
    }
    const malformed = { code: 'dns_reply_malformed', details: { because: 'too-long' } };
    await expect(scene.open().read(ref, soon())).rejects.toMatchObject(malformed);
    const unsent = { code: 'dns_unreachable', details: { look: 'dns_reply_malformed' } };
    await expect(scene.open().replace(request, soon())).rejects.toMatchObject(unsent);
    expect(scene.edits()).toEqual([]);
  });

  it('whose first line is the record has it edited there, and a second one beside it removed there', async () => {
    for (const [first, second] of [
      [one, two],
      [two, one],
    ] as const) {
      const scene = await servingAdapter('cpanel');
      scene.zone.write([record('lb', first), ...scene.zone.lines, record('lb', second)]);
      expect(await move(scene)).toMatchObject({ outcome: 'written' });
      expect(scene.zone.held(ref.name, 'A')).toEqual([two]);
    }
    const scene = await servingAdapter('cpanel');
    scene.zone.write([record('lb', one), ...scene.zone.lines]);
    await move(scene);
    expect(JSON.parse(scene.edits()[0]?.parameters.get('edit') ?? '')).toMatchObject({ line_index: 0 });
  });

  it('with names in capitals has the record edited and no second one made', async () => {
    const scene = await servingAdapter('cpanel');
    scene.zone.write([...scene.zone.lines, record('LB', one)]);
    expect(await move(scene)).toMatchObject({ outcome: 'written' });
    expect(scene.zone.held(ref.name, 'A')).toEqual([two]);
    expect(scene.edits()[0]?.parameters.has('edit')).toBe(true);
  });

  it('with records without a TTL has that of its $TTL', async () => {
    const scene = await servingAdapter('cpanel');
    scene.zone.write([...scene.zone.lines, record('lb', one)]);
    const change = (reply: Prepared) => {
      reply.text = reply.text.replaceAll('"ttl":60,', '');
    };
    scene.emulator.inject({ kind: 'alter', change }, { path: parse });
    const view = await scene.open().read(ref, soon());
    expect(view.rrset).toEqual({ addresses: [one], ttlSeconds: 14_400 });
  });

  it('whose name is a CNAME is not written to, by nobody’s expectation', async () => {
    const scene = await servingAdapter('cpanel');
    scene.zone.append('lb', 'CNAME', `www.${zoneName}.`);
    expect(await codeOf(move(scene))).toBe('dns_cname_in_the_way');
    expect(await codeOf(scene.open({ instance: us }).replace(request, soon()))).toBe('dns_rrset_drifted');
    expect(scene.edits()).toEqual([]);
  });
});
