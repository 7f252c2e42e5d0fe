import type { Heartbeat } from '@serverctl/contract/agent';
import { AppError } from '@serverctl/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MemberRegistry, RegisteredMember } from '../../services/agent-session/registry.ts';
import type { Session, SessionTokens } from '../../services/agent-session/session-token.ts';
import type { Attempts } from './attempts.ts';
import { type HearDeps, hear } from './hear.ts';
import { peerAddress } from './peer.ts';

/*
 * The hot path: token → member and key → hear.ts → reply. It touches memory only.
 *
 *   no valid token                       401 agent_token_invalid       not heard (R5); counted per address before any cryptography
 *   member gone, key replaced            401 agent_key_unknown         not heard
 *   else                                 as hear.ts says
 */

export interface HeartbeatDeps extends HearDeps {
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
  if (member?.keyId === session.keyId) return answer(deps, request, reply, session, member);
  return findMember(deps, request, session).then((found) => answer(deps, request, reply, session, found));
}

function answer(
  deps: HeartbeatDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  session: Session,
  member: RegisteredMember,
): string {
  const text = hear(deps, { session, member, body: request.body as Heartbeat, seenIp: peerAddress(request) });
  reply.header('content-type', 'application/json; charset=utf-8');
  return text;
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
