import { eventCatalogue } from '../events/catalogue.ts';
import type { EventSeverity } from '../events/event-spec.ts';
import type { EventSubject } from '../events/thread.ts';
import type { RecordType } from './record.ts';

/*
 * The state of one credential in one zone, after a look (R23); kept in the transaction that tells it:
 *
 *   look                               | state           | told
 *   works, nothing to say              | ok              | that it works again, where trouble was told
 *   works, with findings               | limited         | the same
 *   refused: only a person can help    | failing         | at once, unless it is told already
 *   unavailable: may pass by itself    | failing         | the second time in a row, unless it is told already
 *   refused, and nobody vouched for it | failing         | the same
 *   works, while another record fails  | failing         | nothing: whether that is over is found at that record
 *
 * That people were told is part of the state, so a leader that follows neither tells it again nor forgets its end.
 */

/** What stands in the way of every write with the credential, in words. */
export interface PreflightTrouble {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** The provider's own words; null = none. */
  readonly said: string | null;
  /** It may pass by itself: people are told when it is found a second time in a row. Else only a person can change it. */
  readonly mayPass: boolean;
}

/** What a look may find where the credential works. */
export type PreflightFindingCode =
  | 'value-only'
  | 'clock-skew'
  | 'ttl-differs'
  | 'proxied-differs'
  | 'cname'
  | 'several-records';

/** One of them, of one record. */
export interface PreflightFinding {
  readonly code: PreflightFindingCode;
  readonly name: string;
  readonly type: RecordType;
  readonly message: string;
  readonly remedy: string;
}

/** What one look came to. */
export interface PreflightLook {
  readonly credentialId: string;
  readonly credential: string;
  readonly zone: string;
  readonly name: string;
  readonly type: RecordType;
  /** Null = the credential works there. */
  readonly trouble: PreflightTrouble | null;
  /** Empty where there is trouble: it hides them. */
  readonly findings: readonly PreflightFinding[];
}

/** How a credential does in a zone. */
export type PreflightState = 'ok' | 'limited' | 'failing';

/** As it is stored, without its times. */
export interface KeptPreflight {
  readonly credentialId: string;
  readonly zone: string;
  /** The record that was looked at last; while failing, the one that failed last. */
  readonly name: string;
  readonly type: RecordType;
  readonly state: PreflightState;
  readonly trouble: Pick<PreflightTrouble, 'code' | 'message' | 'remedy'> | null;
  /** Of all records that were looked at since, newest first. */
  readonly findings: readonly PreflightFinding[];
  /** How many looks in a row found trouble. */
  readonly failures: number;
  readonly isTold: boolean;
}

/** What people are told of a credential in a zone. */
export interface PreflightNotice extends EventSubject {
  readonly kind: 'dns.credential-failing' | 'dns.credential-recovered';
  readonly severity: EventSeverity;
  readonly poolId: null;
  readonly memberId: null;
  readonly sentence: string;
}

/** The state after a look; `notice` null = there is nothing to tell. */
export interface SettledPreflight {
  readonly kept: KeptPreflight;
  readonly notice: PreflightNotice | null;
}

/** More would only repeat themselves. */
const mostFindings = 50;

/** The state after a look, and what is told of it. `managed`: whether a record is still one of the credential's in the zone. */
export function settlePreflight(
  before: KeptPreflight | null,
  look: PreflightLook,
  managed: (record: { readonly name: string; readonly type: RecordType }) => boolean,
): SettledPreflight {
  const { credentialId, zone, name, type, trouble } = look;
  const isSame = (one: Pick<KeptPreflight, 'name' | 'type'>) => one.name === name && one.type === type;
  const others = (before?.findings ?? []).filter((one) => managed(one) && (trouble !== null || !isSame(one)));
  const findings = [...look.findings, ...others].slice(0, mostFindings);
  const common = { credentialId, zone, name, type, findings };
  const wasTold = before?.isTold === true;
  if (trouble === null) {
    if (before?.state === 'failing' && !isSame(before) && managed(before))
      return { kept: { ...before, findings }, notice: null };
    const state = findings.length === 0 ? 'ok' : 'limited';
    const kept = { ...common, state, trouble: null, failures: 0, isTold: false } as const;
    return { kept, notice: wasTold ? recovered(look, 'works again') : null };
  }
  const failures = (before?.failures ?? 0) + 1;
  const isTold = wasTold || !trouble.mayPass || failures >= 2;
  const { code, message, remedy } = trouble;
  const kept = { ...common, state: 'failing', trouble: { code, message, remedy }, failures, isTold } as const;
  return { kept, notice: isTold && !wasTold ? failing(look, trouble) : null };
}

/** Nothing uses the credential in the zone any more; null where nobody was told of trouble. */
export function endOfUnused(
  kept: Pick<KeptPreflight, 'isTold' | 'credentialId' | 'zone'>,
  credential: string,
): PreflightNotice | null {
  const { credentialId, zone } = kept;
  return kept.isTold ? recovered({ credentialId, credential, zone }, 'is used by no managed name any more') : null;
}

type Subject = Pick<PreflightLook, 'credentialId' | 'credential' | 'zone'>;

function failing(look: PreflightLook, { code, message, remedy, said }: PreflightTrouble): PreflightNotice {
  const { credential, zone, name, type } = look;
  const words = said === null ? '' : ` The provider says: ${said}`;
  const sentence = `The DNS credential ${credential} fails in the zone ${zone}: ${message} ${remedy}${words}`;
  return noticeOf('dns.credential-failing', look, sentence, { name, type, code });
}

function recovered(subject: Subject, how: string): PreflightNotice {
  const sentence = `The DNS credential ${subject.credential} ${how} in the zone ${subject.zone}.`;
  return noticeOf('dns.credential-recovered', subject, sentence);
}

function noticeOf(
  kind: PreflightNotice['kind'],
  { credentialId, credential, zone }: Subject,
  sentence: string,
  details: EventSubject['details'] = {},
): PreflightNotice {
  const { severity } = eventCatalogue[kind];
  const about = { credentialId, credential, zone, ...details };
  return { kind, severity, poolId: null, memberId: null, sentence, details: about };
}
