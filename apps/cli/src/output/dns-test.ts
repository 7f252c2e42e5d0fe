import type { TestServer, TestView, ZoneState } from '@serverctl/contract';
import { clean, facts } from './table.ts';

/** What a credential's trial found: rights, the record, what each authoritative server answers. */
export function testText(name: string, test: TestView): string {
  const { record } = test;
  const pairs: [string, string][] = [
    ['name', `${name}${test.type === 'A' ? '' : ` (${test.type})`}`],
    ['may edit', test.canEdit ? 'yes' : 'no'],
    ['may mark', test.canMark ? 'yes' : 'no: writes are fenced by the value alone (R18)'],
    ['holds', record.cname ? 'a CNAME' : record.addresses.join(', ') || 'no record'],
    ['TTL', record.ttlSeconds === null ? '-' : `${record.ttlSeconds} s`],
    ...(test.effectiveTtlSeconds === null ? [] : [effective(test.effectiveTtlSeconds)]),
    ...(record.proxied ? [['proxied', 'yes: the provider’s edge answers'] satisfies [string, string]] : []),
    ['mark', clean(record.mark ?? 'none')],
    ...(record.note === null ? [] : [['comment', clean(record.note)] satisfies [string, string]]),
    ...serialPairs(test),
    ...test.servers.map((one): [string, string] => [
      one.server,
      clean(`${one.error ?? (one.addresses.join(', ') || 'no record')}${standingText(one)}`),
    ]),
  ];
  return [facts(pairs), ...test.warnings.map((warning) => `Warning: ${clean(warning)}`)].join('\n');
}

function serialPairs({ serial = null }: TestView): readonly [string, string][] {
  return serial === null ? [] : [['serial', `${serial} at the provider`]];
}

/** Beside the provider's serial. */
const standings: Readonly<Record<ZoneState, string>> = {
  same: '',
  behind: ', behind',
  ahead: ', ahead',
  'not-served': ', does not serve the zone',
  unknown: '',
};

function standingText({ serial = null, zone = 'unknown' }: TestServer): string {
  return `${serial === null ? '' : `; serial ${serial}`}${standings[zone]}`;
}

/** With the next write. */
function effective(seconds: number): [string, string] {
  return ['TTL to be', `${seconds} s`];
}
