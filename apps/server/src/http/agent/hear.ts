import type { Heartbeat } from '@serverctl/contract/agent';
import { AppError, parseIpv4, parseIpv6, type Refusal } from '@serverctl/core';
import type { Listener } from '../../liveness/listener.ts';
import type { Clock } from '../../platform/clock.ts';
import type { LearnBoot } from '../../services/agent-session/boot-learner.ts';
import type { RegisteredMember } from '../../services/agent-session/registry.ts';
import type { Session } from '../../services/agent-session/session-token.ts';
import { refusalOf } from './refusal.ts';

/*
 * What becomes of one heartbeat whose token is valid and of the member's current key. In memory and at once:
 *
 *   another boot than the token's        401 agent_token_invalid       not heard
 *   boot older than the newest issued    409 agent_boot_superseded     not heard (R35)
 *   boot newer than any known            as below, and the store learns it: it was restored
 *   nothing stored for 1 s               503 not_listening             heard, and stored when storing works again (R2)
 *   wrong address or hostname            403 member_wrong_…            heard, as refused (R5)
 *   seq not new                          200, dropped                  not heard again (R35)
 *   else                                 200                           heard
 */

export interface HearDeps {
  readonly clock: Clock;
  readonly listener: Listener;
  readonly learnBoot: LearnBoot;
}

/** A heartbeat whose sender is known. */
export interface KnownBeat {
  readonly session: Session;
  readonly member: RegisteredMember;
  readonly body: Heartbeat;
  /** Where the request came from (R36). */
  readonly seenIp: string;
}

/** Hears one beat: the text of the reply, made ahead with each load of the registry. Throws AppError by the table above. */
export function hear({ clock, listener, learnBoot }: HearDeps, { session, member, body, seenIp }: KnownBeat): string {
  if (body.boot !== session.boot)
    throw new AppError('agent_token_invalid', { because: 'the token is of another boot' });
  if (session.boot < member.lastBoot) {
    listener.noteSuperseded();
    throw new AppError('agent_boot_superseded', { boot: session.boot, newest: member.lastBoot });
  }
  if (session.boot > member.lastBoot) learnBoot(member.id, session.boot);
  const refusal = refusalOf(member, seenIp, body.hostname, clock.now());
  const { boot, seq, hostname, agentVersion, units, packageLock, publicIpv4, publicIpv6 = null, haproxy = null } = body;
  const verdict = listener.hear({
    memberId: member.id,
    boot,
    seq,
    report: { units, packageLock },
    declaredIpv4: publicIpv4 === null ? null : parseIpv4(publicIpv4),
    declaredIpv6: publicIpv6 === null ? null : parseIpv6(publicIpv6),
    seenIp,
    hostname,
    agentVersion,
    refusal,
    traffic: haproxy,
    tokenExpiresAtMs: session.expiresAtMs,
  });
  if (verdict === 'superseded-boot') throw new AppError('agent_boot_superseded', { boot });
  if (!listener.flushHealthy()) throw new AppError('not_listening');
  if (refusal !== null) throw refusalError(refusal);
  return verdict === 'old' ? member.replyToOld : member.replyToNew;
}

function refusalError({ because, seen }: Refusal): AppError {
  return new AppError(because === 'ip' ? 'member_wrong_ip' : 'member_wrong_hostname', { seen });
}
