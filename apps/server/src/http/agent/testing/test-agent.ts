import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  agentPaths,
  type Heartbeat,
  type NonceReply,
  protocolVersion,
  type TokenReply,
  type TokenRequest,
  tokenProofText,
} from '@serverctl/contract/agent';
import { type AgentHouse, agentPeer, type TestMember } from './agent-house.ts';

/** A host's agent as far as the control plane can see it. */
export interface TestAgent {
  readonly member: TestMember;
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

export function newAgent(member: TestMember): TestAgent {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { member, privateKey, publicKey: x };
}

export function enrolRequest({ member, publicKey }: TestAgent, changes: Record<string, unknown> = {}) {
  const { secret, hostname } = member;
  return { protocol: protocolVersion, secret, hostname, publicKey, agentVersion: '0.1.0', ...changes };
}

/** Enrols over the real route; throws when refused. */
export async function enrolled(house: AgentHouse, member: TestMember): Promise<TestAgent> {
  const agent = newAgent(member);
  const reply = await house.post(agentPaths.enrol, enrolRequest(agent));
  if (reply.statusCode !== 200) throw new Error(`enrolment was refused: ${reply.body}`);
  return agent;
}

export async function askNonce(house: AgentHouse, memberId: string): Promise<string> {
  return (await house.post(agentPaths.nonce, { memberId })).json<NonceReply>().nonce;
}

export function tokenRequest(
  { member, privateKey }: TestAgent,
  nonce: string,
  boot: number | null,
  superseded: number | null = null,
): TokenRequest {
  const signature = sign(null, Buffer.from(tokenProofText(nonce, member.id, boot)), privateKey).toString('base64url');
  const said = superseded === null ? {} : { superseded };
  return { protocol: protocolVersion, memberId: member.id, nonce, signature, boot, ...said };
}

/** A new boot and its token, as an agent gets them at its start. */
export async function started(
  house: AgentHouse,
  agent: TestAgent,
  boot: number | null = null,
  superseded: number | null = null,
): Promise<TokenReply> {
  const nonce = await askNonce(house, agent.member.id);
  const reply = await house.post(agentPaths.token, tokenRequest(agent, nonce, boot, superseded));
  if (reply.statusCode !== 200) throw new Error(`the key was refused: ${reply.body}`);
  return reply.json<TokenReply>();
}

export function heartbeat(member: TestMember, boot: number, seq: number, changes: Partial<Heartbeat> = {}): Heartbeat {
  const unit = {
    unit: 'haproxy.service',
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
    job: null,
    answers: null,
  };
  return {
    boot,
    seq,
    hostname: member.hostname,
    agentVersion: '0.1.0',
    publicIpv4: null,
    units: [unit],
    packageLock: false,
    haproxy: null,
    ...changes,
  };
}

export function beat(house: AgentHouse, { token }: TokenReply, body: unknown, from = agentPeer) {
  return house.post(agentPaths.heartbeat, body, from, token);
}
