import {
  AppError,
  type DnsProvider,
  isAppError,
  type PreflightFinding,
  type PreflightLook,
  type PreflightTrouble,
  secondMs,
} from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { CallBudget } from './budget.ts';
import { oneRequestEach, type Urgency } from './budget-shares.ts';
import type { DnsProviders } from './ports.ts';
import { findingsOf } from './preflight-findings.ts';
import { requestsOfLook } from './preflight-period.ts';
import type { PreflightName, PreflightSubject } from './preflight-ports.ts';
import { classifyFailure, isVouchedFor } from './publish-failure.ts';
import { TimeLimitError, withinLimit } from './time-limit.ts';

/*
 * One look at one name with the real credential (R23): a probe of its rights, which changes nothing, then a read. Both enter the budget
 * together, after all else that waits, so they give way to failovers, to reconcile reads and to what the provider asked to be spared (R22).
 *
 * Whether the zone is signed is not looked at. No write of ours depends on it: a name server signs what an update changes itself (RFC 3007
 * section 4), Cloudflare signs at its edge, and neither is told more than the address. What a broken signature does, validating resolvers
 * refusing every answer of the zone, no credential causes or mends, and the authoritative servers that we ask answer all the same.
 */

export interface LookPorts {
  readonly clock: Clock;
  readonly budget: CallBudget;
  readonly providers: DnsProviders;
}

/** A failover's write has its own (R15); nothing waits for this one. */
const callLimitMs = 10 * secondMs;

/** What is looked at, and whose turn it is: what a person changed goes with the reconcile reads, since somebody waits for it. */
export interface Asked {
  readonly subject: PreflightSubject;
  readonly name: PreflightName;
  readonly urgency: Exclude<Urgency, 'failover'>;
}

/** Null = nothing was found out: the signal aborted, or our own database did not give us the credential. */
export async function lookAt(
  ports: LookPorts,
  { subject, name, urgency }: Asked,
  signal: AbortSignal,
): Promise<PreflightLook | null> {
  const { credentialId, credential, zone } = subject;
  const about = { credentialId, credential, zone, name: name.name, type: name.type, findings: [] };
  const provider = await openInTurn(ports, credentialId, urgency, signal).catch(unopened);
  if (provider === null) return null;
  if ('trouble' in provider) return { ...about, ...provider };
  try {
    return { ...about, trouble: null, findings: await tryName(ports, provider, subject, name, signal) };
  } catch (error) {
    return signal.aborted ? null : { ...about, trouble: troubleOf(ports.budget, credentialId, error) };
  }
}

/** Null = the signal aborted while the look waited for its turn. What is opened has the secret that is stored when the wait is over. */
async function openInTurn(
  { budget, providers }: LookPorts,
  credentialId: string,
  urgency: Urgency,
  signal: AbortSignal,
): Promise<DnsProvider | null> {
  const { requestsPer = oneRequestEach } = await providers.forCredential(credentialId);
  if (!(await budget.enter(credentialId, urgency, signal, requestsOfLook(requestsPer)))) return null;
  return providers.forCredential(credentialId);
}

/** A secret that cannot be opened is the credential's trouble; that the database is away, or the credential is gone, is not. */
function unopened(error: unknown): { readonly trouble: PreflightTrouble } | null {
  if (!isAppError(error) || error.code === 'credential_not_found' || error.category === 'unavailable') return null;
  return { trouble: inWords(error, false) };
}

/** Throws what the provider says. */
async function tryName(
  { clock }: LookPorts,
  provider: DnsProvider,
  { zone }: PreflightSubject,
  name: PreflightName,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  const ref = { zone, name: name.name, type: name.type };
  const inTime = <T>(call: (limit: AbortSignal) => Promise<T>) => withinLimit(clock, callLimitMs, call, signal);
  const report = await inTime((limit) => provider.probe(ref, limit));
  if (!report.canEdit) throw new AppError('dns_not_allowed', { name: name.name, zone });
  const view = await inTime((limit) => provider.read(ref, limit));
  return findingsOf(name, provider, report, view);
}

function troubleOf(budget: CallBudget, credentialId: string, thrown: unknown): PreflightTrouble {
  const failure = classifyFailure(asRead(thrown), 'read');
  if (failure.kind === 'drifted') return inWords(new AppError('dns_rrset_drifted'), true);
  if (failure.kind === 'unavailable' && failure.pauseMs !== null) budget.holdOff(credentialId, failure.pauseMs);
  // Anybody may have said it, or a name server that has not loaded its keys and zones yet.
  const mayPass = failure.kind !== 'refused' || !isVouchedFor(failure.error);
  return inWords(failure.error, mayPass);
}

/** Nothing was to be changed, so an answer that did not come leaves nothing open. */
function asRead(thrown: unknown): unknown {
  if (thrown instanceof TimeLimitError) return new AppError('dns_unreachable', { because: thrown.message }, thrown);
  if (isAppError(thrown, 'dns_outcome_unknown')) return new AppError('dns_unreachable', thrown.details, thrown);
  return thrown;
}

function inWords({ code, message, remedy, details }: AppError, mayPass: boolean): PreflightTrouble {
  const { said } = details;
  return { code, message, remedy, said: typeof said === 'string' ? said : null, mayPass };
}
