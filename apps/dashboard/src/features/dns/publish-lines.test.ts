import type { FirstPublishView } from '@serverctl/contract';
import { expect, test } from 'vitest';
import { member } from '../../lib/testing/pools.ts';
import {
  askedText,
  confirmedInput,
  needsTakeOver,
  noYes,
  publishLines,
  shownMarks,
  toKnow,
  yesTo,
} from './publish-lines.ts';

type ShownRecord = FirstPublishView['records'][number];

const lb: ShownRecord = {
  name: 'lb.example.com',
  type: 'A',
  addresses: [],
  mark: null,
  ttlSeconds: null,
  proxied: false,
  note: null,
  noteSentence: null,
  warning: null,
  cname: false,
  notOurs: null,
  newTtlSeconds: 60,
};
const preview = (otherwise: Partial<ShownRecord> = {}, kind: FirstPublishView['kind'] = 'create') => ({
  kind,
  proposedMemberId: 'fra',
  sentence: '',
  records: [{ ...lb, ...otherwise }],
});
const fra = member('fra');
const owner = (address: string) => (address === '192.0.2.11' ? 'fra.example.com' : null);
const lines = (view: FirstPublishView, of: Parameters<typeof publishLines>[1] = fra) =>
  publishLines(view, of, owner).map(({ sign, text, note }) => `${sign} ${text} # ${note}`);

test('each record is shown as it is and as it will be, with whose addresses they are', () => {
  expect(lines(preview())).toEqual(['+ lb.example.com.  60  IN  A  192.0.2.11 # fra.example.com']);
  const strange = { addresses: ['203.0.113.9'], ttlSeconds: 3_600, proxied: true };
  expect(lines(preview(strange))).toEqual([
    '- lb.example.com.  3600  IN  A  203.0.113.9 # no member’s, proxied',
    '+ lb.example.com.  60  IN  A  192.0.2.11 # fra.example.com',
  ]);
  expect(lines(preview({ addresses: ['192.0.2.11'], ttlSeconds: 60 }))).toEqual([
    '  lb.example.com.  60  IN  A  192.0.2.11 # fra.example.com; it gets our mark',
  ]);
});

test('nobody’s address is promised before somebody is chosen, nor one that a member lacks, nor beside a CNAME', () => {
  expect(lines(preview(), null)).toEqual([]);
  expect(lines(preview({ type: 'AAAA' }))).toEqual(['  lb.example.com.  AAAA # no address of its family']);
  expect(lines(preview({ cname: true }, 'impossible'))).toEqual(['  lb.example.com.  CNAME # in the way']);
});

test('a yes to a record that is not ours, or that names another member, is a yes to taking it over', () => {
  expect([needsTakeOver(preview(), 'ams'), needsTakeOver(preview({}, 'take-over'), 'fra')]).toEqual([false, true]);
  const adopt = preview({}, 'adopt');
  expect([needsTakeOver(adopt, 'fra'), needsTakeOver(adopt, 'ams')]).toEqual([false, true]);
  expect(shownMarks(preview({ mark: 'theirs' }))).toEqual([{ name: lb.name, type: 'A', mark: 'theirs' }]);
});

test('all that there is to know of a record is said, with its name where there are several', () => {
  const told = preview({
    mark: 'theirs',
    ttlSeconds: 86_400,
    notOurs: 'It holds 203.0.113.9.',
    warning: 'Wait a day.',
  });
  expect(toKnow(told)).toEqual([
    'Not ours: It holds 203.0.113.9. It is replaced with your yes only.',
    ...['Its mark: theirs', 'Its TTL becomes 60 s.', 'Wait a day.'],
  ]);
  const two = { ...told, records: [lb, { ...lb, name: 'www.example.com', proxied: true }] };
  expect(toKnow(two)).toEqual(['www.example.com A: Proxied: the provider’s edge answers in its place.']);
});

test('a yes is for what was shown: with another mark beside the same address, or for another member, there is none', () => {
  const taken = preview({ addresses: ['203.0.113.9'], mark: 'theirs' }, 'take-over');
  const asked = (view: FirstPublishView, of = fra) => askedText(view, of, publishLines(view, of, owner));
  const said = { yes: { takeOver: true, notReady: true }, asked: asked(taken) };
  expect(yesTo(asked({ ...taken }), said)).toEqual(said.yes);
  const others = [
    asked(preview({ addresses: ['203.0.113.9'], mark: 'somebody else’s' }, 'take-over')),
    asked({ ...taken, kind: 'adopt' }),
    asked(preview({ addresses: ['203.0.113.9'], mark: 'theirs', notOurs: 'Another holds it.' }, 'take-over')),
    asked(taken, member('ams')),
  ];
  expect(others.map((other) => yesTo(other, said))).toEqual(others.map(() => noYes));
  expect(yesTo(asked(taken), null)).toEqual(noYes);
});

test('what is sent is the yes with the marks that it was said to', () => {
  const yes = { takeOver: true, notReady: false };
  expect(confirmedInput(preview({ mark: 'theirs' }, 'take-over'), 'fra', yes, '')).toEqual({
    ...{ memberId: 'fra', takeOver: true, confirmNotReady: false },
    expectMarks: [{ name: lb.name, type: 'A', mark: 'theirs' }],
  });
});
