import type { EnrolmentProgress, EventView } from '@serverctl/contract';

/*
 * What was seen of a host on its way in, step by step. Each is done only when it was seen:
 *
 *   seen                               done, with when and from where
 *   not seen, and a later one was      passed: another control plane process gave it, or the host had it; never shown as done
 *   the first after the last one seen  now
 *   the rest                           next
 */
export type StepState = 'done' | 'passed' | 'now' | 'next';
export interface Step {
  readonly step: 'script' | 'agent' | 'key' | 'heartbeat';
  readonly state: StepState;
  readonly text: string;
  /** The key's fingerprint, where there is one. */
  readonly mono?: string;
  readonly detail: string;
}

interface Seen {
  readonly step: Step['step'];
  readonly isSeen: boolean;
  readonly words: Readonly<Record<StepState, string>>;
  readonly mono?: string | undefined;
  readonly detail: string;
}

export function stepsOf(progress: EnrolmentProgress): readonly Step[] {
  const all = seenOf(progress);
  const last = all.findLastIndex(({ isSeen }) => isSeen);
  return all.map(({ step, isSeen, words, mono, detail }, index) => {
    const state = isSeen ? 'done' : index < last ? 'passed' : index === last + 1 ? 'now' : 'next';
    return { step, state, text: words[state], detail: isSeen ? detail : '', ...(isSeen && mono && { mono }) };
  });
}

export const isThere = (progress: EnrolmentProgress): boolean => stepsOf(progress).at(-1)?.state === 'done';

/** The step that was seen last, for who does not see it. */
export function spokenOf(steps: readonly Step[]): string {
  const last = steps.findLast(({ state }) => state === 'done');
  return last === undefined ? '' : [last.text, last.mono].filter(Boolean).join(' ');
}

/** Why the host was refused with the present line, unless it came in since; what an earlier line was refused for says nothing of this one. */
export function refusalOfLine(events: readonly EventView[], memberId: string, madeAt: string | null): EventView | null {
  if (madeAt === null) return null;
  const last = events.findLast(
    (event) =>
      event.memberId === memberId &&
      ['enrolment.refused', 'member.enrol'].includes(event.kind) &&
      Date.parse(event.at) >= Date.parse(madeAt),
  );
  return last?.kind === 'enrolment.refused' ? last : null;
}

function seenOf({ script, agent, key, heard }: EnrolmentProgress): readonly Seen[] {
  const isEnrolled = key?.sinceLine === true;
  const fetched = 'Waiting for the host to fetch the install script';
  return [
    {
      step: 'script',
      isSeen: script !== null,
      words: words('Install script fetched', 'Install script: not seen by this process', fetched, fetched),
      detail: script === null ? '' : `${timeText(script.at)}, from ${script.from}`,
    },
    {
      step: 'agent',
      isSeen: agent !== null,
      words: words(
        `Agent ${agent?.version ?? ''} downloaded`,
        'Agent download: not seen by this process',
        'Waiting for the agent’s download',
        'Agent downloaded',
      ),
      detail: agent === null ? '' : `${timeText(agent.at)}, from ${agent.from}`,
    },
    {
      step: 'key',
      isSeen: isEnrolled,
      words: words('Enrolled, key', 'Enrolled', 'Waiting for the secret on the host', 'Enrolled with a key of its own'),
      mono: key?.fingerprint,
      detail: isEnrolled ? timeText(key.enrolledAt) : '',
    },
    {
      step: 'heartbeat',
      isSeen: isEnrolled && heard !== null,
      words: words('First heartbeat', 'First heartbeat', 'Waiting for the first heartbeat', 'First heartbeat'),
      detail: '',
    },
  ];
}

const words = (done: string, passed: string, now: string, next: string) => ({ done, passed, now, next });

/** "14:05:02" where the reader is. */
const timeText = (at: string): string => new Date(at).toLocaleTimeString('en-GB');
