import { agentPaths, type Heartbeat, type HeartbeatReply } from '@serverctl/contract/agent';
import type { HostState } from './host-state.ts';
import { type Condition, judgeOutcome, type NextStep } from './outcome.ts';
import type { Plane, PlaneTrouble } from './plane.ts';
import { parseHeartbeatReply } from './replies.ts';
import type { Session } from './session.ts';

/*
 * One beat: token (proved anew if there is none) → state of the host, read now → number → send → judge (outcome.ts).
 * Number and state belong to the same instant, so that a higher number never carries an older state.
 */
export interface BeatParts {
  readonly plane: Plane;
  readonly session: Session;
  /** Reads the host now. Never rejects and takes at most a few hundred milliseconds. */
  readonly readHost: () => Promise<HostState>;
  readonly agentVersion: string;
  /** What the control plane wishes; never called with an older wish than before. */
  readonly onReply: (reply: HeartbeatReply) => void;
  /** How it went, after every beat. */
  readonly onCondition: (condition: Condition) => void;
}

interface Numbered {
  readonly boot: number;
  readonly seq: number;
}

export function createBeat(parts: BeatParts): () => Promise<NextStep> {
  const { plane, session } = parts;
  let newest: Numbered = { boot: 0, seq: 0 };

  function judge(trouble: PlaneTrouble, sent?: { readonly token: string; readonly boot: number }): NextStep {
    const { step, condition, dead } = judgeOutcome(trouble);
    if (dead === 'token' && sent !== undefined) session.forget(sent.token);
    if (dead === 'boot') session.forgetBoot(sent?.boot);
    parts.onCondition(condition);
    return step;
  }

  return async () => {
    if (session.current() === null) {
      const opened = await session.open();
      if (opened.kind !== 'opened') return judge(opened);
    }
    const host = await parts.readHost();
    const token = session.current();
    if (token === null) return { kind: 'go-on' }; // it ended while the host was read
    const numbered = session.nextBeat();
    const body: Heartbeat = { ...numbered, ...host, agentVersion: parts.agentVersion };
    const outcome = await plane.call({ path: agentPaths.heartbeat, body, token, parse: parseHeartbeatReply });
    if (outcome.kind !== 'ok') return judge(outcome, { token, boot: numbered.boot });
    parts.onCondition({ kind: 'heard', code: 'heard', words: `The control plane hears us at ${outcome.url}.` });
    if (isOlder(numbered, newest)) return { kind: 'go-on' };
    newest = numbered;
    parts.onReply(outcome.reply);
    return { kind: 'go-on' };
  };
}

/** Two beats may be in flight, and the reply to the first one may come last. */
function isOlder(a: Numbered, b: Numbered): boolean {
  return a.boot < b.boot || (a.boot === b.boot && a.seq < b.seq);
}
