import type { DnsProvider, PreflightFinding, PreflightFindingCode, ProbeReport, RecordView } from '@serverctl/core';
import type { PreflightName } from './preflight-ports.ts';

/** A name server refuses signatures from 300 s on (RFC 8945 section 5.2.3 recommends that fudge); from here on a person has time to act. */
const skewToldFromSeconds = 60;

type Words = readonly [code: PreflightFindingCode, message: string, remedy: string];

/**
 * What is to be mended, or to be known, where the credential works. What the record holds is compared with the wish only once a write of
 * ours was acknowledged: before, it is another's.
 */
export function findingsOf(
  name: PreflightName,
  provider: Pick<DnsProvider, 'effectiveTtl'>,
  report: ProbeReport,
  view: RecordView,
): readonly PreflightFinding[] {
  const all = [...ofCredential(name, report), ...ofName(name, view), ...ofRecord(name, provider, view)];
  return all.map(([code, message, remedy]) => ({ code, name: name.name, type: name.type, message, remedy }));
}

function* ofCredential({ name }: PreflightName, { canMark, skewSeconds }: ProbeReport): Iterable<Words> {
  if (!canMark)
    yield [
      'value-only',
      `The mark of ${name} cannot be written, so writes are fenced by the record’s value only (R18).`,
      'Give the credential the right to write the mark, or room for it beside the text at the record.',
    ];
  if (skewSeconds !== null && Math.abs(skewSeconds) >= skewToldFromSeconds)
    yield [
      'clock-skew',
      `The name server’s clock and ours are ${skewSeconds} s apart; signed updates fail from 300 s on.`,
      'Set both clocks by NTP.',
    ];
}

function* ofName({ name }: PreflightName, { cname }: RecordView): Iterable<Words> {
  if (cname)
    yield [
      'cname',
      `A CNAME stands at ${name}, so no address record can be written there.`,
      'Remove the CNAME, or manage the name it points to.',
    ];
}

function* ofRecord(
  { name, type, isPublished, ttlSeconds, proxied: wish }: PreflightName,
  provider: Pick<DnsProvider, 'effectiveTtl'>,
  { rrset, proxied = false }: RecordView,
): Iterable<Words> {
  if (!isPublished || rrset === null) return;
  const { addresses } = rrset;
  if (addresses.length > 1)
    yield [
      'several-records',
      `${name} holds ${addresses.length} records of type ${type}; one is to be.`,
      'Find out who added the others; the next write leaves one.',
    ];
  if (wish !== null && wish !== proxied) {
    const remedy = 'Find out who changed it; the next write sets it as wished.';
    yield ['proxied-differs', `${name} is ${proxied ? '' : 'not '}proxied, and is to be otherwise.`, remedy];
  }
  const wished = provider.effectiveTtl?.(ttlSeconds, proxied) ?? ttlSeconds;
  if (!proxied && rrset.ttlSeconds !== wished)
    yield [
      'ttl-differs',
      `The TTL of ${name} is ${rrset.ttlSeconds} s, and is to be ${wished} s.`,
      'Find out who changed it; the next write sets it as wished.',
    ];
}
