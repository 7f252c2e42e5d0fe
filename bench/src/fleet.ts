import { agentPaths, type HeartbeatReply, heartbeatIntervalMs } from '@serverctl/contract/agent';
import { nextDueMs } from '../../apps/agent/src/schedule.ts';
import { enrolHost, type Host, saysHaproxyRuns } from './host.ts';
import { inParallel } from './in-parallel.ts';
import type { Address, NewMember, Outcome, Told } from './messages.ts';
import { monotonicMs } from './monotonic.ts';
import { type Line, openLine } from './post.ts';

/*
 * All hosts of the generator. Each beats by the agent's own schedule, whatever became of its last beat; a slot that comes while a beat is
 * still unanswered is skipped, so a slow control plane is not hit twice.
 */
export interface Fleet {
  enrol(at: Address, members: readonly NewMember[]): Promise<void>;
  beat(at: Address): void;
  /** Resolves when a beat was accepted that says so. */
  setHaproxy(memberId: string, runs: boolean): Promise<Told>;
  /** Resolves when the last beat was answered or given up. */
  stop(): Promise<Outcome>;
  /** Called with the latency of every accepted beat. */
  onAccepted: (tookMs: number) => void;
}

/** Below the control plane's limit of attempts per address, which gives them back with each success (R5). */
const enrolmentsAtOnce = 16;

export function createFleet(): Fleet {
  let hosts: readonly Host[] = [];
  const byMember = new Map<string, Host>();
  const awaited = new Map<Host, { readonly runs: boolean; readonly told: (told: Told) => void }>();
  let lines: readonly Line[] = [];
  let timers = new Set<NodeJS.Timeout>();
  let inFlight = new Set<Promise<void>>();
  let outcome = noOutcome();

  async function send(host: Host, line: Line): Promise<void> {
    outcome.sent += 1;
    const note = (why: string) => {
      outcome.notAccepted[why] = (outcome.notAccepted[why] ?? 0) + 1;
    };
    const beat = host.nextBeat();
    const sentAtMs = monotonicMs();
    try {
      const { status, text, tookMs } = await line.post(agentPaths.heartbeat, beat, host.token);
      if (status !== 200) return note(String(status));
      if ((JSON.parse(text) as HeartbeatReply).dropped) return note('dropped');
      outcome.accepted += 1;
      fleet.onAccepted(tookMs);
      if (awaited.get(host)?.runs === saysHaproxyRuns(beat)) tell(host, { sentAtMs, acceptedAtMs: sentAtMs + tookMs });
    } catch (error) {
      note((error as NodeJS.ErrnoException).code ?? String(error));
    }
  }

  function tell(host: Host, told: Told): void {
    awaited.get(host)?.told(told);
    awaited.delete(host);
  }

  function keepBeating(host: Host, line: Line, firstDueMs: number): void {
    let isBusy = false;
    const plan = (dueMs: number) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        plan(nextDueMs(dueMs, performance.now(), heartbeatIntervalMs, Math.random()));
        if (isBusy) return;
        isBusy = true;
        const sending = send(host, line).finally(() => {
          isBusy = false;
          inFlight.delete(sending);
        });
        inFlight.add(sending);
      }, dueMs - performance.now());
      timers.add(timer);
    };
    plan(firstDueMs);
  }

  const fleet: Fleet = {
    onAccepted: () => undefined,
    async enrol(at, members) {
      lines = members.map(() => openLine(at));
      hosts = await inParallel(members, enrolmentsAtOnce, (member, index) => enrolHost(member, lines[index]!));
      for (const [index, { memberId }] of members.entries()) byMember.set(memberId, hosts[index]!);
    },
    setHaproxy(memberId, runs) {
      const host = byMember.get(memberId);
      if (host === undefined) throw new Error(`No host of ours is the member ${memberId}.`);
      host.setHaproxy(runs);
      return new Promise((told) => awaited.set(host, { runs, told }));
    },
    beat(at) {
      outcome = noOutcome();
      if (lines.length === 0) lines = hosts.map(() => openLine(at));
      const beganMs = performance.now();
      hosts.forEach((host, index) => {
        keepBeating(host, lines[index]!, beganMs + (heartbeatIntervalMs * (index + 1)) / hosts.length);
      });
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      timers = new Set();
      await Promise.all(inFlight);
      inFlight = new Set();
      for (const line of lines) line.close();
      lines = [];
      return outcome;
    },
  };
  return fleet;
}

const noOutcome = () => ({ sent: 0, accepted: 0, notAccepted: {} as Record<string, number> });
