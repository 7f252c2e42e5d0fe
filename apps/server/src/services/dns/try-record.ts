import type { TestView } from '@serverctl/contract';
import {
  AppError,
  type DnsProvider,
  type InstanceId,
  isAppError,
  isInZone,
  markText,
  parseDnsName,
  parseZoneName,
  type RecordRef,
  type RecordView,
  recordTypes,
  secondMs,
} from '@serverctl/core';
import type { ServiceDeps } from '../deps.ts';
import { askServers } from './ask-servers.ts';
import { invalidName } from './invalid-name.ts';
import { otherProxied } from './other-proxied.ts';
import { type TryContext, warningsOf } from './try-warnings.ts';

/** One try of a credential on a name: a probe and a real read, which change nothing (R23), and what the zone's servers answer. */
export interface Tried {
  readonly ref: RecordRef;
  readonly view: RecordView;
  readonly test: TestView;
}

const tryTimeoutMs = 10_000;
/** How long was waited: said of a provider that gave no answer. */
const late = { within: `${tryTimeoutMs / secondMs} s` };

/** Zone and name in canonical form, an A where no type is said. Throws `dns_name_invalid` or `dns_name_outside_zone`. */
export function recordRef(input: { readonly zone: string; readonly name: string; readonly type?: string }): RecordRef {
  const zone = parseZoneName(input.zone);
  const name = parseDnsName(input.name);
  if (zone === null) throw invalidName('zone', input.zone);
  if (name === null) throw invalidName('name', input.name);
  if (!isInZone(name, zone)) throw new AppError('dns_name_outside_zone', { name, zone });
  return { zone, name, type: recordTypes.find((type) => type === input.type) ?? 'A' };
}

/** Throws the provider's own error (`dns_…`), and `dns_not_allowed` when the key may not edit the name. */
export async function tryRecord(
  { clock, resolver }: Pick<ServiceDeps, 'clock' | 'resolver'>,
  provider: DnsProvider,
  ref: RecordRef,
  instance: InstanceId,
  context: TryContext = {},
): Promise<Tried> {
  const deadline = new AbortController();
  const cancel = clock.after(tryTimeoutMs, () =>
    deadline.abort(new AppError('dns_unreachable', { name: ref.name, because: 'no answer in time', ...late })),
  );
  try {
    const report = await provider.probe(ref, deadline.signal);
    if (!report.canEdit) throw new AppError('dns_not_allowed', { name: ref.name, type: ref.type, zone: ref.zone });
    const view = await provider.read(ref, deadline.signal);
    const servers = await askServers(resolver, ref, report.soaSerial, deadline.signal);
    const other = await otherProxied(provider, ref, context, deadline.signal);
    const effectiveTtlSeconds = effectiveTtlOf(provider, view, context);
    const test: TestView = {
      type: ref.type,
      canEdit: report.canEdit,
      canMark: report.canMark,
      skewSeconds: report.skewSeconds,
      record: {
        addresses: [...(view.rrset?.addresses ?? [])],
        ttlSeconds: view.rrset?.ttlSeconds ?? null,
        mark: markText(view),
        cname: view.cname,
        proxied: view.proxied ?? false,
        note: view.note ?? null,
      },
      effectiveTtlSeconds,
      serial: report.soaSerial,
      servers,
      warnings: warningsOf({ ref, report, view, other, servers, effectiveTtlSeconds, instance }, context),
    };
    return { ref, view, test };
  } catch (error) {
    if (!deadline.signal.aborted) throw error;
    if (!isAppError(error)) throw deadline.signal.reason;
    throw isAppError(error, 'dns_unreachable') ? new AppError(error.code, { ...error.details, ...late }, error) : error;
  } finally {
    cancel();
  }
}

/** The provider is open here, so that it says itself what it makes of the wish; null where nothing is wished. */
function effectiveTtlOf(provider: DnsProvider, view: RecordView, { wish }: TryContext): number | null {
  if (wish === undefined) return null;
  const willBeProxied = wish.proxied ?? view.proxied ?? false;
  return provider.effectiveTtl?.(wish.ttlSeconds, willBeProxied) ?? wish.ttlSeconds;
}
