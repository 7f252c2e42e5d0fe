import { type ErrorDetails, markText } from '@serverctl/core';
import type { Joining } from './joining.ts';
import { noteSentence } from './note-words.ts';
import { oldTtlWarning } from './old-ttl.ts';
import type { Tried } from './try-record.ts';

/** What stands at one record, whole, for a person who is asked for a yes to replacing it. */
export function standsWords({ ref, view, test }: Tried, pool: Joining): string {
  const { rrset, proxied = false } = view;
  const mark = markText(view);
  const held =
    rrset === null
      ? 'nothing'
      : `${rrset.addresses.join(', ')} (TTL ${rrset.ttlSeconds} s${proxied ? ', proxied' : ''})`;
  const several = (rrset?.addresses.length ?? 0) > 1 ? ' It will hold exactly one address.' : '';
  const marked = mark === null ? 'without a mark' : `under the mark ${mark}`;
  const more = [noteSentence(view), oldTtlWarning(view, test.effectiveTtlSeconds, pool)];
  const said = more.flatMap((sentence) => (sentence === null ? [] : [` ${sentence}`])).join('');
  return `${ref.name} (${ref.type}) holds ${held}, ${marked}.${several}${said}`;
}

/** The details of a refusal: the record’s first, what stands at each, and the marks that a yes is for. */
export function standsDetails(
  records: readonly (Tried & { readonly pool: Joining })[],
  tried: readonly Tried[],
): ErrorDetails {
  const [first] = tried;
  const aaaa = tried[1];
  return {
    name: first?.ref.name ?? '',
    types: records.map(({ ref }) => ref.type),
    addresses: records.flatMap(({ view }) => view.rrset?.addresses ?? []),
    mark: first === undefined ? null : markText(first.view),
    ...(aaaa === undefined ? {} : { markAaaa: markText(aaaa.view) }),
    stands: records.map((record) => standsWords(record, record.pool)),
  };
}
