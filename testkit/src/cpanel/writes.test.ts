import { describe, expect, it } from 'vitest';
import { markOf, nothing, one, ref, refOf, servingAdapter, soon, two, zoneName } from './adapter-scene.ts';
import { wrongReplies } from './replies.ts';

describe.each(['cpanel', 'whm'] as const)('a write at %s', (panel) => {
  it('is made by one edit of record and mark, without a line of anybody else’s', async () => {
    const { zone, edits, replace } = await servingAdapter(panel);
    zone.append('www', 'A', '198.51.100.7');
    const others = () => zone.records().filter(({ name, type }) => !name.endsWith(ref.name) && type !== 'SOA');
    const before = others();
    await replace({}, one);
    await replace({}, two);
    const named = edits().map(({ parameters }) => [...parameters.keys()].filter((key) => /^(add|edit|rem)/.test(key)));
    expect(named).toEqual([['add', 'add-1'], ['edit']]); // the mark is as it was
    expect(others()).toEqual(before);
  });

  it.each([
    ['in the words that are known', false],
    ['in words that nobody knows', true],
  ])('goes on where something else in the zone changed meanwhile, said %s', async (_, isForeign) => {
    const { contend, speakOtherwise, replace, edits, zone } = await servingAdapter(panel);
    if (isForeign) speakOtherwise();
    contend(3);
    expect(await replace()).toEqual({ outcome: 'written', fencedBy: 'record-and-mark' });
    expect(edits()).toHaveLength(4);
    expect(zone.held(ref.name, 'A')).toEqual([two]);
  });

  it.each([false, true])(
    'is given up after four tries, having changed nothing (words unknown: %s)',
    async (isForeign) => {
      const { contend, speakOtherwise, replace, edits, zone } = await servingAdapter(panel);
      if (isForeign) speakOtherwise();
      contend(9);
      await expect(replace()).rejects.toMatchObject({ code: 'dns_zone_contended', details: { tries: 4 } });
      expect(edits()).toHaveLength(4);
      expect(zone.held(ref.name, 'A')).toEqual([]);
    },
  );

  it('is not repeated where the record itself changed meanwhile', async () => {
    const { contend, replace, edits, zone } = await servingAdapter(panel);
    contend(1, () => zone.append('lb', 'A', one));
    await expect(replace()).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    expect(edits()).toHaveLength(1);
    expect(zone.held(ref.name, 'A')).toEqual([one]);
  });

  it('is dns_request_refused with the panel’s words where the token may edit, and not this', async () => {
    const { emulator, replace, zone } = await servingAdapter(panel);
    const reply = panel === 'cpanel' ? wrongReplies.failure('TTL?') : wrongReplies.reason('mass_edit_dns_zone', 'TTL?');
    emulator.inject({ kind: 'before', reply }, { path: /mass_edit/ });
    await expect(replace()).rejects.toMatchObject({ code: 'dns_request_refused', details: { said: 'TTL?' } });
    expect(zone.held(ref.name, 'A')).toEqual([]);
  });
});

describe('tries', () => {
  it.each([false, true])('wait longer each time, half of it by chance (words unknown: %s)', async (isForeign) => {
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    for (const random of [() => 0, () => 0.5]) {
      const { contend, replace, speakOtherwise } = await servingAdapter('cpanel');
      if (isForeign) speakOtherwise();
      contend(3);
      await replace({ wait, random });
    }
    expect(waits).toEqual([30, 60, 120, 45, 90, 180]);
  });

  it('end with the caller’s signal, and nothing was written', async () => {
    const { contend, open, edits } = await servingAdapter('cpanel');
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
    const { open, edits, zone } = await servingAdapter('cpanel');
    const before = zone.serial;
    const provider = open();
    const refs = ['a', 'b', 'c', 'd', 'e', 'f'].map(refOf);
    const write = (one: typeof ref, expected = nothing, signal = soon()) =>
      provider.replace({ ref: one, expected, next: { address: two, ttlSeconds: 60 }, mark: markOf(1) }, signal);
    const failing = expect(write(ref, { ...nothing, cname: true })).rejects.toMatchObject({
      code: 'dns_cname_in_the_way',
    });
    const late = expect(write(ref, nothing, AbortSignal.abort())).rejects.toMatchObject({ code: 'dns_unreachable' });
    await Promise.all(refs.map((one) => write(one)));
    await Promise.all([failing, late]);
    expect(edits()).toHaveLength(refs.length);
    expect(zone.serial).toBe(before + refs.length);
  });
});

describe('serials', () => {
  it.each([0, 2_024_020_499, 2 ** 32 - 1])('are numbers and no dates: a write and a probe under %d', async (serial) => {
    const { zone, open, replace, edits } = await servingAdapter('cpanel', serial);
    expect(await open().probe(ref, soon())).toMatchObject({ canEdit: true, canMark: true, soaSerial: serial });
    expect(edits()[0]?.parameters.get('serial')).toBe(String(serial === 0 ? 2 ** 32 - 1 : serial - 1));
    expect((await replace({}, one)).outcome).toBe('written');
    expect(edits()[1]?.parameters.get('serial')).toBe(String(serial));
    expect((await replace({}, two)).outcome).toBe('written'); // behind the end of the circle (RFC 1982)
    expect(zone.held(`lb.${zoneName}`, 'A')).toEqual([two]);
  });
});
