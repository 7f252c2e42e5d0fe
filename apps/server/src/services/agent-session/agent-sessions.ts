import type { TokenReply, TokenRequest } from '@serverctl/contract/agent';
import type { MemberId } from '@serverctl/core';
import type { Listener } from '../../liveness/listener.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { createBootLearner, type LearnBoot } from './boot-learner.ts';
import { Nonces } from './nonce.ts';
import type { KeyStore, RegisteredMembers } from './ports.ts';
import { proveKey } from './prove-key.ts';
import { MemberRegistry } from './registry.ts';
import { SessionTokens } from './session-token.ts';

export interface AgentSessionDeps {
  readonly keys: KeyStore;
  readonly members: RegisteredMembers;
  readonly clock: Clock;
  readonly random: Random;
  readonly listener: Pick<Listener, 'retain'>;
  /** 32 bytes, the same in every replica: `deriveKey('agent-session')`. */
  readonly sessionKey: Uint8Array;
  /** Called when the members could not be read again. */
  readonly onFailure: (error: unknown) => void;
}

/** What this process knows of the agents that talk to it: nonces given out, tokens found valid, members. In memory but for `proveKey`. */
export interface AgentSessions {
  readonly nonces: Nonces;
  readonly tokens: SessionTokens;
  /** Started and stopped by whoever hears agents. */
  readonly registry: MemberRegistry;
  /** For a beat whose boot is newer than any that the registry knows. */
  readonly learnBoot: LearnBoot;
  proveKey(request: TokenRequest): Promise<TokenReply>;
}

export function createAgentSessions({
  keys,
  members,
  clock,
  random,
  listener,
  sessionKey,
  onFailure,
}: AgentSessionDeps): AgentSessions {
  const nonces = new Nonces(clock, random);
  const tokens = new SessionTokens(sessionKey, clock);
  const onLoad = (isMember: (memberId: MemberId) => boolean) => {
    listener.retain(isMember);
    tokens.retain(isMember);
  };
  const learnBoot = createBootLearner(keys, () => registry, onFailure);
  const registry = new MemberRegistry({ members, clock, onLoad, onFailure, onForgottenBoot: learnBoot });
  return {
    nonces,
    tokens,
    registry,
    learnBoot,
    proveKey: (request) => proveKey({ keys, nonces, tokens, registry }, request),
  };
}
