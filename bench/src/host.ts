import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  agentPaths,
  type EnrolReply,
  type EnrolRequest,
  type HaproxyTraffic,
  type Heartbeat,
  type NonceReply,
  type NonceRequest,
  protocolVersion,
  type TokenReply,
  type TokenRequest,
  tokenProofText,
} from '@serverctl/contract/agent';
import type { NewMember } from './messages.ts';
import type { Line } from './post.ts';

const agentVersion = '0.1.0';
/** An agent reads HAProxy's figures every five seconds, so four beats of five carry none. */
const trafficEvery = 5;
/** Whoever enrols waits: only a beat is worth nothing when it is late. */
const enrolmentPatienceMs = 30_000;

/** A host as the control plane knows it: a key of its own, its token, its place in the sequence. */
export interface Host {
  readonly token: string;
  /** The next beat, numbered. */
  nextBeat(): Heartbeat;
  /** From its next beat on its HAProxy runs, or does not. */
  setHaproxy(runs: boolean): void;
}

/** Goes the whole way that an agent goes (R34, R35): key, enrolment, nonce, proof, token of a new boot. */
export async function enrolHost({ memberId, hostname, secret }: NewMember, line: Line): Promise<Host> {
  const call = async <Reply>(path: string, body: object): Promise<Reply> => {
    const { status, text } = await line.post(path, body, undefined, enrolmentPatienceMs);
    if (status !== 200) throw new Error(`${path} answered ${hostname} with ${status}: ${text}`);
    return JSON.parse(text) as Reply;
  };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const wish: EnrolRequest = { protocol: protocolVersion, secret, hostname, publicKey: x, agentVersion };
  await call<EnrolReply>(agentPaths.enrol, wish);
  const { nonce } = await call<NonceReply>(agentPaths.nonce, { memberId } satisfies NonceRequest);
  const signature = proof(privateKey, nonce, memberId);
  const request: TokenRequest = { protocol: protocolVersion, memberId, nonce, signature, boot: null };
  const { token, boot } = await call<TokenReply>(agentPaths.token, request);
  let seq = 0;
  let haproxyRuns = true;
  return {
    token,
    nextBeat() {
      seq += 1;
      return beatOf(hostname, boot, seq, haproxyRuns);
    },
    setHaproxy(runs) {
      haproxyRuns = runs;
    },
  };
}

function proof(key: KeyObject, nonce: string, memberId: string): string {
  return sign(null, Buffer.from(tokenProofText(nonce, memberId, null)), key).toString('base64url');
}

/** Whether a beat says that HAProxy runs. */
export const saysHaproxyRuns = ({ units }: Heartbeat): boolean => units.every((one) => one.activeState === 'active');

/** What a host with one healthy HAProxy sends, or with one that was stopped. */
function beatOf(hostname: string, boot: number, seq: number, haproxyRuns: boolean): Heartbeat {
  const state = haproxyRuns
    ? { activeState: 'active', subState: 'running' }
    : { activeState: 'inactive', subState: 'dead' };
  return {
    boot,
    seq,
    hostname,
    agentVersion,
    publicIpv4: null,
    units: [{ unit: 'haproxy.service', loadState: 'loaded', ...state, job: null, answers: null }],
    packageLock: false,
    haproxy: haproxyRuns && seq % trafficEvery === 1 ? trafficOf(seq) : null,
  };
}

/** Moves with every reading, as a busy HAProxy's does. */
function trafficOf(seq: number): HaproxyTraffic {
  const version = '2.6.12-1+deb12u2';
  return {
    version,
    uptimeSeconds: 86_400 + seq,
    sessions: 200 + (seq % 37),
    sessionRate: seq % 91,
    requestRate: seq % 173,
  };
}
