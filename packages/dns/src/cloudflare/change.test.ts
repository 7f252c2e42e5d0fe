import { formatMark, type InstanceId, idFromBytes, type Mark, type PoolId, type PromotionId } from '@serverctl/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markOf, them, us } from '../contract/subject.ts';
import { composeBatch, operationsOf, planChange, planWithdrawal, type Wish } from './change.ts';
import { readComment, writeComment } from './comment.ts';
import type { HeldRecord } from './reply.ts';
import { effectiveTtl } from './ttl.ts';

const limits = { commentLimit: 100, ttlFloorSeconds: 60 };
const wish: Wish = {
  ...{ name: 'lb.example.test', type: 'A', content: '192.0.2.1', ttlSeconds: 60 },
  mark: markOf(3),
};

const marks: fc.Arbitrary<Mark> = fc
  .tuple(fc.uint8Array({ minLength: 36, maxLength: 36 }), fc.nat({ max: 999_999 }), fc.boolean())
  .map(([bytes, epoch, isNamed]) => ({
    instance: idFromBytes<InstanceId>(bytes),
    pool: idFromBytes<PoolId>(bytes.subarray(12)),
    epoch,
    ...(isNamed && { promotion: idFromBytes<PromotionId>(bytes.subarray(24)) }),
  }));

const held: fc.Arbitrary<HeldRecord> = fc.record({
  id: fc.uuid(),
  name: fc.constant(wish.name),
  type: fc.constant('A'),
  content: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3'),
  ttl: fc.constantFrom(1, 60, 300, 3600),
  proxied: fc.boolean(),
  comment: fc.oneof(
    fc.constant(null),
    fc.string({ minLength: 1, maxLength: 100 }),
    marks.map((mark) => `note ${formatMark(mark)}`),
  ),
});

/** What the zone holds once the change was made. */
function after(records: readonly HeldRecord[], change: ReturnType<typeof planChange>['change']): HeldRecord[] {
  if (change.kind === 'none') return [...records];
  if (change.kind === 'create') return [{ id: 'new', comment: null, ...change.post }];
  if (change.kind === 'withdraw') return records.filter(({ id }) => !change.deletes.includes(id));
  return records.filter(({ id }) => id === change.id).map((record) => ({ ...record, ...change.patch }));
}

describe('a change', () => {
  it('leads to exactly one record of the address, and to nothing more to change', () => {
    fc.assert(
      fc.property(fc.uniqueArray(held, { maxLength: 4, selector: ({ id }) => id }), (records) => {
        const { change } = planChange(records, wish, limits, us);
        const left = after(records, change);
        expect(left).toHaveLength(1);
        expect(left[0]?.content).toBe(wish.content);
        expect(planChange(left, wish, limits, us).change).toEqual({ kind: 'none' });
        if (change.kind === 'collapse') expect(change.deletes).toHaveLength(records.length - 1);
      }),
    );
  });

  it('leaves a record as proxied as it is where nothing is said of it, and sends such a one no TTL', () => {
    fc.assert(
      fc.property(held, (record) => {
        const { change } = planChange([record], wish, limits, us);
        expect(after([record], change)[0]?.proxied).toBe(record.proxied);
        if (change.kind === 'patch') expect('ttl' in change.patch).toBe(!record.proxied);
      }),
    );
  });

  it.each([true, false])(
    'makes a record proxied or not where it is said (%s), and a proxied one has no TTL of its own',
    (proxied) => {
      fc.assert(
        fc.property(fc.uniqueArray(held, { maxLength: 3, selector: ({ id }) => id }), (records) => {
          const [left] = after(records, planChange(records, { ...wish, proxied }, limits, us).change);
          expect(left?.proxied).toBe(proxied);
          if (proxied && records.every((record) => !record.proxied)) expect(left?.ttl).toBe(1);
          if (!proxied) expect(left?.ttl).toBe(60);
          expect(planChange(left === undefined ? [] : [left], { ...wish, proxied }, limits, us).change.kind).toBe(
            'none',
          );
        }),
      );
    },
  );

  it('that withdraws names every record, and none where none is', () => {
    fc.assert(
      fc.property(fc.uniqueArray(held, { maxLength: 3, selector: ({ id }) => id }), (records) => {
        const { change } = planWithdrawal(records);
        expect(after(records, change)).toEqual([]);
        expect(operationsOf(change)).toBe(records.length);
      }),
    );
    expect(planWithdrawal([]).change).toEqual({ kind: 'none' });
  });

  it('keeps of several the one that has the wished address, else one with our mark, else the first by id', () => {
    const held = (id: string, content: string, comment: string | null = null): HeldRecord => ({
      ...{ id, name: wish.name, type: 'A', content, ttl: 60, proxied: false, comment },
    });
    const marked = formatMark(markOf(1));
    const keptOf = (records: readonly HeldRecord[]) => planChange(records, wish, limits, us).change;
    const plain = held('b', '192.0.2.2');
    expect(keptOf([plain, held('c', wish.content), held('a', '192.0.2.3', marked)])).toMatchObject({ id: 'c' });
    expect(keptOf([plain, held('c', '192.0.2.3', marked)])).toMatchObject({ id: 'c', deletes: ['b'] });
    expect(keptOf([plain, held('a', '192.0.2.3')])).toMatchObject({ id: 'a', deletes: ['b'] });
  });

  it('of a record that is created proxied has the automatic TTL', () => {
    const { change } = planChange([], { ...wish, proxied: true }, limits, us);
    expect(change).toMatchObject({ kind: 'create', post: { ttl: 1, proxied: true } });
  });

  it('of many names becomes one batch; what there is nothing of is left out', () => {
    const other: HeldRecord = {
      ...{ id: 'b', name: wish.name, type: 'A', content: '192.0.2.2', ttl: 60 },
      ...{ proxied: false, comment: null },
    };
    const changes = [
      planChange([], { ...wish, name: 'six.example.test', type: 'AAAA', content: '2001:db8::1' }, limits, us),
      planChange([other], wish, limits, us),
      planChange([other, { ...other, id: 'c' }], wish, limits, us),
    ].map(({ change }) => change);
    const batch = composeBatch([...changes, { kind: 'none' }]);
    expect(batch.posts).toMatchObject([{ type: 'AAAA', content: '2001:db8::1' }]);
    expect(batch.patches).toHaveLength(2);
    expect(batch.deletes).toEqual([{ id: 'c' }]);
    expect(changes.map(operationsOf)).toEqual([1, 1, 2]);
    expect(composeBatch([{ kind: 'withdraw', deletes: ['d', 'e'] }])).toEqual({ deletes: [{ id: 'd' }, { id: 'e' }] });
    expect(operationsOf({ kind: 'none' })).toBe(0);
    expect(composeBatch([{ kind: 'none' }])).toEqual({});
  });
});

describe('a comment', () => {
  it('gives back note and mark as they were written', () => {
    const notes = fc.string({ maxLength: 40 }).filter((note) => note.trimEnd() === note && !/v=\d+ cp=/.test(note));
    fc.assert(
      fc.property(notes, marks, (note, mark) => {
        const text = writeComment(note, mark, 500);
        const kind = mark.instance === us ? 'ours' : 'foreign';
        expect(readComment(text, us)).toEqual({ note, mark: { kind, mark } });
      }),
    );
  });

  it.each([
    [null, '', 'none'],
    ['', '', 'none'],
    ['ask Eva first', 'ask Eva first', 'none'],
    [formatMark(markOf(1)), '', 'ours'],
    [`ask Eva ${formatMark(markOf(1, them))}`, 'ask Eva', 'foreign'],
    ['v=2 cp=aaaaaaaaaaaa of a later version', '', 'unreadable'],
    [`${formatMark(markOf(1))} and a word`, '', 'unreadable'],
    [`${formatMark(markOf(1))} ${formatMark(markOf(2))}`, '', 'unreadable'],
  ])('%j holds the note %j and a mark that is %s', (text, note, kind) => {
    expect(readComment(text, us)).toMatchObject({ note, mark: { kind } });
  });

  it('holds no mark where the note leaves no room, counted in bytes', () => {
    const mark = markOf(1);
    const room = 100 - formatMark(mark).length - 1;
    expect(writeComment('n'.repeat(room), mark, 100)).toHaveLength(100);
    expect(writeComment('n'.repeat(room + 1), mark, 100)).toBeNull();
    expect(writeComment(`${'n'.repeat(room - 1)}ü`, mark, 100)).toBeNull();
  });
});

it.each([
  [30, { ttlFloorSeconds: 60, proxied: false }, 60],
  [30, { ttlFloorSeconds: 30, proxied: false }, 30],
  [3600, { ttlFloorSeconds: 60, proxied: false }, 3600],
  [100_000, { ttlFloorSeconds: 60, proxied: false }, 86_400],
  [60, { ttlFloorSeconds: 60, proxied: true }, 300],
])('a TTL of %i s comes to what the zone allows: %j', (wished, zone, effective) => {
  expect(effectiveTtl(wished, zone)).toBe(effective);
});
