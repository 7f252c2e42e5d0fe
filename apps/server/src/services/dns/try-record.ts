import type { TestView } from '@serverctl/contract';
import {
  AppError,
  type DnsName,
  type DnsProvider,
  formatMark,
  type InstanceId,
  type Ipv4,
  isAppError,
  isCgnatIpv4,
  isInZone,
  isPrivateIpv4,
  type ProbeReport,
  parseDnsName,
  parseZoneName,
  type RecordRef,
  type RecordView,
} from '@serverctl/core';
import type { ServiceDeps } from '../deps.ts';
import { askServers } from './ask-servers.ts';

/** One try of a credential on a name: a probe and a real read, which change nothing (R23), and what the zone's servers answer. */
export interface Tried {
  readonly ref: RecordRef;
  readonly view: RecordView;
  readonly test: TestView;
}

const tryTimeoutMs = 10_000;
/** Below this an old TTL is no news: clients follow within five minutes. */
const ttlWarnedFromSeconds = 300;
/** BIND refuses from 300 s on; a warning well before leaves time to act. */
const skewWarnedFromSeconds = 60;

/** Zone and name in canonical form. Throws `dns_name_invalid` or `dns_name_outside_zone`. */
export function recordRef(input: { readonly zone: string; readonly name: string }): RecordRef {
  const zone = parseZoneName(input.zone);
  const name = parseDnsName(input.name);
  if (zone === null) throw new AppError('dns_name_invalid', { field: 'zone', value: input.zone });
  if (name === null) throw new AppError('dns_name_invalid', { field: 'name', value: input.name });
  if (!isInZone(name, zone)) throw new AppError('dns_name_outside_zone', { name, zone });
  return { zone, name, type: 'A' };
}

/** Throws the provider's own error (`dns_…`), and `dns_not_allowed` when the key may not edit the name. */
export async function tryRecord(
  { clock, resolver }: Pick<ServiceDeps, 'clock' | 'resolver'>,
  provider: DnsProvider,
  ref: RecordRef,
  instance: InstanceId,
): Promise<Tried> {
  const deadline = new AbortController();
  const cancel = clock.after(tryTimeoutMs, () => deadline.abort(new AppError('dns_unreachable', { name: ref.name })));
  try {
    const report = await provider.probe(ref, deadline.signal);
    if (!report.canEdit) throw new AppError('dns_not_allowed', { name: ref.name, zone: ref.zone });
    const view = await provider.read(ref, deadline.signal);
    const servers = await askServers(resolver, ref, deadline.signal);
    const test: TestView = {
      canEdit: report.canEdit,
      canMark: report.canMark,
      skewSeconds: report.skewSeconds,
      record: {
        addresses: [...(view.rrset?.addresses ?? [])],
        ttlSeconds: view.rrset?.ttlSeconds ?? null,
        mark: markText(view),
        cname: view.cname,
      },
      servers,
      warnings: warningsOf(ref.name, report, view, servers, instance),
    };
    return { ref, view, test };
  } catch (error) {
    if (deadline.signal.aborted && !isAppError(error)) throw deadline.signal.reason;
    throw error;
  } finally {
    cancel();
  }
}

export function markText({ mark }: RecordView): string | null {
  if (mark.kind === 'none') return null;
  return mark.kind === 'unreadable' ? mark.text : formatMark(mark.mark);
}

function warningsOf(
  name: DnsName,
  report: ProbeReport,
  view: RecordView,
  servers: TestView['servers'],
  instance: InstanceId,
): string[] {
  const addresses = view.rrset?.addresses ?? [];
  const ttlSeconds = view.rrset?.ttlSeconds ?? 0;
  const hidden = addresses.filter((address) => isPrivateIpv4(address as Ipv4) || isCgnatIpv4(address as Ipv4));
  const differing = servers.filter(
    (one) => one.error === null && [...one.addresses].sort().join() !== [...addresses].sort().join(),
  );
  const warnings: readonly (string | false)[] = [
    view.cname && `A CNAME stands at ${name}: no address record can be beside it.`,
    ttlSeconds >= ttlWarnedFromSeconds &&
      `The record’s present TTL is ${ttlSeconds} s: clients may keep the old address for so long after the first move. Lower it now, and wait that long.`,
    addresses.length > 0 &&
      view.mark.kind === 'none' &&
      `${name} exists without a mark of ours: the first publish asks before it manages it.`,
    view.mark.kind === 'foreign' &&
      `${name} carries the mark of another control plane (${view.mark.mark.instance}; this one is ${instance}).`,
    view.mark.kind === 'unreadable' && `The TXT record beside ${name} is no mark that this release can read.`,
    addresses.length > 1 && `${name} holds ${addresses.length} addresses; it will hold exactly one.`,
    hidden.length > 0 && `${hidden.join(', ')} is a private address: clients outside your network cannot reach it.`,
    !report.canMark && `The key may not write TXT _serverctl.${name}: writes are fenced by the record’s value only.`,
    Math.abs(report.skewSeconds ?? 0) >= skewWarnedFromSeconds &&
      `The name server’s clock and ours are ${report.skewSeconds} s apart; TSIG fails from 300 s on.`,
    servers.every((one) => one.error !== null) && 'None of the zone’s authoritative name servers could be asked.',
    differing.length > 0 &&
      `Some authoritative name servers answer something else: ${differing.map((one) => one.server).join(', ')}.`,
  ];
  return warnings.filter((warning) => warning !== false);
}
