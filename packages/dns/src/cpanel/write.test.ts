import { describe, expect, it, onTestFinished } from 'vitest';
import { markOf, soon } from '../contract/subject.ts';
import type { Panel } from './envelope.ts';
import type { CpanelOptions } from './schema.ts';
import { one, ref, startPanel, two } from './testing.ts';

const panels: readonly Panel[] = ['cpanel', 'whm'];

async function serving(panel: Panel = 'cpanel') {
  const served = await startPanel(panel);
  onTestFinished(() => served.stop());
  return {
    ...served,
    edits: () => served.asked.filter(({ method }) => method === 'POST'),
    /** Whenever an edit comes, something else in the zone changes right before it, so many times. */
    contend(times: number, change = () => served.put('www.example.test', 'A', [['198.51.100.8']])) {
      let left = times;
      served.state.beforeEdit = () => {
        left -= 1;
        if (left >= 0) change();
      };
    },
    /** Writes what was read before; `more` = how it waits. */
    async replace(more: Partial<CpanelOptions> = {}, ttlSeconds = 60) {
      const provider = served.open(more);
      const expected = await provider.read(ref, soon());
      return provider.replace({ ref, expected, next: { address: two, ttlSeconds }, mark: markOf(2) }, soon());
    },
  };
}

describe.each(panels)('a write at %s', (panel) => {
  it('is made by one edit of record and mark, without a line of anybody else’s', async () => {
    const { move, edits, zone } = await serving(panel);
    const before = structuredClone(zone.lines.filter((_, n) => n !== 2));
    await move(one, 1);
    await move(two, 2);
    expect(
      edits().map(({ parameters }) => [...parameters.keys()].filter((name) => /^(add|edit|rem)/.test(name))),
    ).toEqual([
      ['add', 'add-1'],
      ['edit', 'edit-1'],
    ]);
    expect(zone.lines.filter((_, n) => n !== 2).slice(0, before.length)).toEqual(before);
  });

  it.each([
    ['in the words that are known', false],
    ['in words that nobody knows', true],
  ])('goes on where something else in the zone changed meanwhile, said %s', async (_, localWords) => {
    const { state, contend, replace, edits, held } = await serving(panel);
    state.localWords = localWords;
    contend(3);
    expect(await replace()).toEqual({ outcome: 'written', fencedBy: 'record-and-mark' });
    expect(edits()).toHaveLength(4);
    expect(held('A')).toMatchObject([{ data: [two] }]);
  });

  it.each([false, true])(
    'is given up after four tries, having changed nothing (words unknown: %s)',
    async (localWords) => {
      const { state, contend, replace, edits, held } = await serving(panel);
      state.localWords = localWords;
      contend(9);
      await expect(replace()).rejects.toMatchObject({ code: 'dns_zone_contended', details: { tries: 4 } });
      expect(edits()).toHaveLength(4);
      expect(held('A')).toEqual([]);
    },
  );

  it('is not repeated where the record itself changed meanwhile', async () => {
    const { contend, replace, edits, put, held } = await serving(panel);
    contend(1, () => put(ref.name, 'A', [[one]]));
    await expect(replace()).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(edits()).toHaveLength(1);
    expect(held('A')).toMatchObject([{ data: [one] }]);
  });

  it('is dns_request_refused with the panel’s words where the token may edit, and not this', async () => {
    const { faults, replace, held } = await serving(panel);
    const text = panel === 'cpanel' ? '{"status":0,"errors":["TTL?"]}' : '{"metadata":{"result":0,"reason":"TTL?"}}';
    faults.push({ method: 'POST', text });
    await expect(replace()).rejects.toMatchObject({ code: 'dns_request_refused', details: { said: 'TTL?' } });
    expect(held('A')).toEqual([]);
  });

  it('is an open question after a success that names no new serial', async () => {
    const { faults, replace } = await serving(panel);
    const text = panel === 'cpanel' ? '{"status":1,"data":{}}' : '{"metadata":{"result":1},"data":{"new_serial":"x"}}';
    faults.push({ method: 'POST', applied: true, text });
    await expect(replace()).rejects.toMatchObject({
      code: 'dns_outcome_unknown',
      details: { because: 'no-new-serial' },
    });
  });
});

describe('tries', () => {
  it('wait longer each time, half of it by chance', async () => {
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    for (const random of [() => 0, () => 0.5]) {
      const { contend, replace } = await serving();
      contend(3);
      await replace({ wait, random });
    }
    expect(waits).toEqual([30, 60, 120, 45, 90, 180]);
  });

  it('end with the caller’s signal, and nothing was written', async () => {
    const { contend, open, edits } = await serving();
    contend(9);
    const controller = new AbortController();
    const wait = async (_: number, signal: AbortSignal) => {
      controller.abort();
      throw signal.reason;
    };
    const provider = open({ wait });
    const expected = await provider.read(ref, soon());
    const request = { ref, expected, next: { address: two, ttlSeconds: 60 }, mark: markOf(2) };
    await expect(provider.replace(request, controller.signal)).rejects.toMatchObject({ code: 'dns_unreachable' });
    expect(edits()).toHaveLength(1);
  });

  it('of one provider do not get in each other’s way, and one that fails holds no other up', async () => {
    const { open, edits, zone } = await serving();
    const provider = open();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((label) => ({
      ...ref,
      name: `${label}.${ref.name}` as typeof ref.name,
    }));
    const nothing = { rrset: null, mark: { kind: 'none' }, cname: false } as const;
    const write = (one: typeof ref, expected: typeof nothing | { cname: true }, signal = soon()) =>
      provider.replace(
        { ref: one, expected: { ...nothing, ...expected }, next: { address: two, ttlSeconds: 60 }, mark: markOf(1) },
        signal,
      );
    const failing = expect(write(ref, { cname: true })).rejects.toMatchObject({ code: 'dns_cname_in_the_way' });
    const late = expect(write(ref, nothing, AbortSignal.abort())).rejects.toMatchObject({ code: 'dns_unreachable' });
    await Promise.all(names.map((one) => write(one, nothing)));
    await Promise.all([failing, late]);
    expect(edits()).toHaveLength(names.length);
    expect(zone.serial).toBe(2_026_010_101 + names.length);
  });
});

describe('serials', () => {
  it.each([0, 2_024_020_499, 4_294_967_295])(
    'are numbers and no dates: a write and a probe under %d',
    async (serial) => {
      const { zone, open, replace, edits } = await serving();
      zone.serial = serial;
      expect(await open().probe(ref, soon())).toMatchObject({ canEdit: true, canMark: true, soaSerial: serial });
      expect(edits()[0]?.parameters.get('serial')).toBe(String(serial === 0 ? 4_294_967_295 : serial - 1));
      expect((await replace()).outcome).toBe('written');
      expect(edits()[1]?.parameters.get('serial')).toBe(String(serial));
    },
  );
});
