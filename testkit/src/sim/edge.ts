import {
  agentPaths,
  type EnrolReply,
  type EnrolRequest,
  type Heartbeat,
  type NonceRequest,
  type TokenRequest,
} from '@serverctl/contract/agent';
import { AppError, type BeatVerdict, httpStatus } from '@serverctl/core';
import { Attempts } from '../../../apps/server/src/http/agent/attempts.ts';
import { hear } from '../../../apps/server/src/http/agent/hear.ts';
import type { Beat } from '../../../apps/server/src/liveness/beat.ts';
import type { Listener } from '../../../apps/server/src/liveness/listener.ts';
import type { Clock } from '../../../apps/server/src/platform/clock.ts';
import type { AgentSessions } from '../../../apps/server/src/services/agent-session/agent-sessions.ts';
import type { RegisteredMember } from '../../../apps/server/src/services/agent-session/registry.ts';
import type { Session } from '../../../apps/server/src/services/agent-session/session-token.ts';

/*
 * The four calls of agents without HTTP's bytes: routing, the token's check and the mapping of errors as http/agent/{plugin,heartbeat}.ts
 * have them; everything that decides anything is theirs.
 */

export interface EdgeRequest {
  readonly path: string;
  readonly body: object;
  readonly token: string | undefined;
  /** Where it came from (R36). */
  readonly peer: string;
  /** For judges: no process looks at it. */
  readonly origin: { readonly host: string; readonly sentAt: number };
}

export interface EdgeReply {
  readonly status: number;
  readonly body: unknown;
}

export interface EdgeParts {
  readonly clock: Clock;
  readonly listener: Listener;
  readonly sessions: AgentSessions;
  readonly enrol: (request: EnrolRequest, peer: string) => Promise<EnrolReply>;
  /** Called for each beat that was heard, whatever its verdict. */
  readonly onHeard: (request: EdgeRequest, beat: Beat, verdict: BeatVerdict) => void;
}

/** Answers one request; never throws. A heartbeat of a known key is answered at once, as the real one is. */
export type Edge = (request: EdgeRequest, answer: (reply: EdgeReply) => void) => void;

export function createEdge({ clock, listener, sessions, enrol, onHeard }: EdgeParts): Edge {
  const { nonces, tokens, registry, learnBoot } = sessions;
  const attempts = new Attempts(clock);
  const parsed = createReplies();
  const realHear = listener.hear.bind(listener);
  let present: EdgeRequest | null = null;
  listener.hear = (beat) => {
    const verdict = realHear(beat);
    if (present !== null) onHeard(present, beat, verdict);
    return verdict;
  };

  function sessionOf(token: string, peer: string): Session {
    const known = tokens.recall(token);
    if (known !== null) return known;
    attempts.take(peer);
    const session = tokens.open(token);
    if (session === null) {
      listener.noteUnauthenticated();
      throw new AppError('agent_token_invalid');
    }
    attempts.giveBack(peer, 1);
    return session;
  }

  async function findMember(session: Session, peer: string): Promise<RegisteredMember> {
    attempts.take(peer);
    await registry.refresh();
    const member = registry.get(session.memberId);
    if (member?.keyId !== session.keyId) {
      listener.noteUnauthenticated();
      throw new AppError('agent_key_unknown');
    }
    attempts.giveBack(peer, 1);
    return member;
  }

  function heartbeat(request: EdgeRequest): EdgeReply | Promise<EdgeReply> {
    const { body, token = '', peer } = request;
    const session = sessionOf(token, peer);
    const known = registry.get(session.memberId);
    const answerTo = (member: RegisteredMember) => {
      present = request;
      return ok(
        parsed(hear({ clock, listener, learnBoot }, { session, member, body: body as Heartbeat, seenIp: peer })),
      );
    };
    return known?.keyId === session.keyId ? answerTo(known) : findMember(session, peer).then(answerTo);
  }

  async function other({ path, body, peer }: EdgeRequest): Promise<EdgeReply> {
    attempts.take(peer);
    switch (path) {
      case agentPaths.nonce:
        return ok({ nonce: nonces.issue((body as NonceRequest).memberId) });
      case agentPaths.token: {
        const reply = await sessions.proveKey(body as TokenRequest);
        attempts.giveBack(peer, 2);
        return ok(reply);
      }
      case agentPaths.enrol: {
        const reply = await enrol(body as EnrolRequest, peer);
        attempts.giveBack(peer, 1);
        return ok(reply);
      }
      default:
        throw new AppError('request_invalid');
    }
  }

  return (request, answer) => {
    try {
      const reply = request.path === agentPaths.heartbeat ? heartbeat(request) : other(request);
      if (reply instanceof Promise) reply.then(answer, (error: unknown) => answer(refusal(error)));
      else answer(reply);
    } catch (error) {
      answer(refusal(error));
    }
  };
}

/** The texts are made with each load of the registry and come again and again. */
function createReplies(): (text: string) => unknown {
  const replies = new Map<string, unknown>();
  return (text) => {
    const known = replies.get(text);
    if (known !== undefined) return known;
    if (replies.size > 200) replies.clear();
    const body: unknown = Object.freeze(JSON.parse(text));
    replies.set(text, body);
    return body;
  };
}

function ok(body: unknown): EdgeReply {
  return { status: 200, body };
}

function refusal(error: unknown): EdgeReply {
  const failure = error instanceof AppError ? error : new AppError('internal', {}, error);
  const { code, message, remedy, details } = failure;
  return { status: httpStatus[failure.category], body: { error: { code, message, remedy, details } } };
}
