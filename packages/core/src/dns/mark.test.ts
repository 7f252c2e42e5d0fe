import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InstanceId, idFromBytes, type PoolId, type PromotionId } from '../ids.ts';
import { formatMark, greatestMarkEpoch, parseMark } from './mark.ts';

const text = 'v=1 cp=instance0001 pool=p00000000001 epoch=12';

describe('marks', () => {
  it.each([
    '',
    'v=spf1 -all',
    'v=2 cp=0123456789ab pool=0123456789ab epoch=1',
    'v=1 cp=0123456789ab pool=0123456789ab',
    'v=1 cp=0123456789ab pool=0123456789ab epoch=-1',
    'v=1 cp=0123456789ab pool=0123456789ab epoch=01',
    'v=1 cp=0123456789ab pool=0123456789ab epoch=9007199254740993',
    'v=1 cp=0123456789ab pool=0123456789ab epoch=9007199254740991',
    `v=1 cp=0123456789ab pool=0123456789ab epoch=${2 ** 31 + 1}`,
    'v=1 cp=0123456789ab pool=0123456789ab epoch=1 ',
    'v=1 cp=0123456789 pool=0123456789ab epoch=1',
    'v=1 cp=0123456789al pool=0123456789ab epoch=1',
    'v=1 cp=0123456789ab pool=0123456789ab epoch=1 by=',
    'v=1 cp=0123456789ab pool=0123456789ab epoch=1 by=0123456789al',
    'v=1 cp=0123456789ab pool=0123456789ab epoch=1 by=0123456789ab by=0123456789ab',
  ])('%s is none', (other) => expect(parseMark(other)).toBeNull());

  it('reads what the example in R18 says, in canonical ids only', () => {
    expect(parseMark(text)).toBeNull(); // `i` is no letter of our ids
    expect(parseMark(text.replace('instance0001', '0123456789ab'))).toMatchObject({ pool: 'p00000000001', epoch: 12 });
  });

  it('come back as they were written', () => {
    const id = fc.uint8Array({ minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(id, id, id, fc.nat({ max: greatestMarkEpoch }), fc.boolean(), (a, b, c, epoch, isNamed) => {
        const mark = { instance: idFromBytes<InstanceId>(a), pool: idFromBytes<PoolId>(b), epoch };
        const whole = isNamed ? { ...mark, promotion: idFromBytes<PromotionId>(c) } : mark;
        expect(parseMark(formatMark(whole))).toEqual(whole);
        expect(formatMark(whole).length).toBeLessThanOrEqual(81);
      }),
    );
  });
});
