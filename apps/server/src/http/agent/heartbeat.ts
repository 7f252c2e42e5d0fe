import type { Heartbeat } from '@serverctl/contract/agent';
import { AppError, parseIpv4, type Refusal } from '@serverctl/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Listener } from '../../liveness/listener.ts';
import type { Clock } from '../../platform/clock.ts';
import type { MemberRegistry, RegisteredMember } from '../../services/agent-session/registry.ts';
import type { Session, SessionTokens } from '../../services/agent-session/session-token.ts';
import type { Attempts } from './attempts.ts';
import { peerAddress } from './peer.ts';
import { refusalOf } from './refusal.ts';

/*
 * The hot path: token → member and key → `(boot, seq)` → address and hostname → liveness → reply. It touches memory only.
 *
 *   no valid token                       401 agent_token_invalid       not heard (R5); counted per address before any cryptography
 *   member gone, key replaced            401 agent_key_unknown         not heard
 *   boot older than the newest issued    409 agent_boot_superseded     not heard (R35)
 *   wrong address or hostname            403 member_wrong_…            heard, as refused (R5)
 *   nothing stored for 1 s               503 not_listening             heard, and stored when storing works again (R2)
 *   seq not new                          200, dropped                  not heard again (R35)
 *   else                                 200                           heard
 */

export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly listener: Listener;
  readonly registry: MemberRegistry;
  readonly tokens: SessionTokens;
  readonly attempts: Attempts;
}

/** Where a request keeps its session between the token's check and the body. */
export const sessionDecorator = 'agentSession';
const bearer = 'Bearer ';

/** Runs before the body is read, so that a stranger's body never is (R5). */
export function authenticate(deps: HeartbeatDeps, request: FastifyRequest): void {
  const header = request.headers.authorization;
  const token = header?.startsWith(bearer) ? header.slice(bearer.length) : '';
  const session = deps.tokens.recall(token) ?? checkToken(deps, request, token);
  request.setDecorator<Session>(sessionDecorator, session);
}

function checkToken({ attempts, tokens, listener }: HeartbeatDeps, request: FastifyRequest, token: string): Session {
  const peer = peerAddress(request);
  attempts.take(peer);
  const session = tokens.open(token);
  if (session === null) {
    listener.noteUnauthenticated();
    request.log.info({ peer }, 'a heartbeat without a valid token');
    throw new AppError('agent_token_invalid');
  }
  attempts.giveBack(peer, 1);
  return session;
}

/** Hears one beat; the reply's text is made ahead, once per load of the registry. Waits only when the key is not the one known here. */
export function hearHeartbeat(
  deps: HeartbeatDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): string | Promise<string> {
  const session = request.getDecorator<Session>(sessionDecorator);
  const member = deps.registry.get(session.memberId);
  if (member?.keyId === session.keyId) return hear(deps, request, reply, session, member);
  return findMember(deps, request, session).then((found) => hear(deps, request, reply, session, found));
}

/**
 * The token is ours, so its key was current when it was issued: another replica may know more than we do. Refused without a look, an
 * honest agent would keep quiet for its back-off.
 */
async function findMember(deps: HeartbeatDeps, request: FastifyRequest, session: Session): Promise<RegisteredMember> {
  const peer = peerAddress(request);
  deps.attempts.take(peer);
  await deps.registry.refresh();
  const member = deps.registry.get(session.memberId);
  if (member?.keyId === session.keyId) {
    deps.attempts.giveBack(peer, 1);
    return member;
  }
  deps.listener.noteUnauthenticated();
  throw new AppError('agent_key_unknown');
}

function hear(
  deps: HeartbeatDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  session: Session,
  member: RegisteredMember,
): string {
  const body = request.body as Heartbeat;
  if (body.boot !== session.boot)
    throw new AppError('agent_token_invalid', { because: 'the token is of another boot' });
  if (session.boot < member.lastBoot) {
    deps.listener.noteSuperseded();
    throw new AppError('agent_boot_superseded', { boot: session.boot, newest: member.lastBoot });
  }
  const seenIp = peerAddress(request);
  const refusal = refusalOf(member, seenIp, body.hostname, deps.clock.now());
  const { boot, seq, hostname, agentVersion, units, packageLock, publicIpv4, haproxy = null } = body;
  const report = { units, packageLock };
  const declaredIpv4 = publicIpv4 === null ? null : parseIpv4(publicIpv4);
  const verdict = deps.listener.hear({
    memberId: member.id,
    boot,
    seq,
    report,
    declaredIpv4,
    seenIp,
    hostname,
    agentVersion,
    refusal,
    traffic: haproxy,
  });
  if (verdict === 'superseded-boot') throw new AppError('agent_boot_superseded', { boot });
  if (!deps.listener.flushHealthy()) throw new AppError('not_listening');
  if (refusal !== null) throw refusalError(refusal);
  reply.header('content-type', 'application/json; charset=utf-8');
  return verdict === 'old' ? member.replyToOld : member.replyToNew;
}

function refusalError({ because, seen }: Refusal): AppError {
  return new AppError(because === 'ip' ? 'member_wrong_ip' : 'member_wrong_hostname', { seen });
}
