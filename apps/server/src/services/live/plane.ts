import type { LivePlane, ReadyView } from '@serverctl/contract';
import { blindReasonText, durationText, type Instant, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';
import { agedSentence } from '../views/judgement-age.ts';
import type { Picture } from './picture.ts';

export interface PlaneOptions {
  readonly clock: Clock;
  readonly version: string;
  /** Never rejects; may take as long as the database does. */
  readonly readiness: () => Promise<ReadyView>;
  /** May reject, and take as long. */
  readonly leader: () => Promise<Leader>;
}

type Leader = LivePlane['lease']['leader'];

/** Asks how the control plane is, and answers in bounded time. */
export interface PlaneWatch {
  look(picture: Picture | null): Promise<LivePlane>;
}

type Check = Pick<LivePlane['lease'], 'ok' | 'sentence'>;
const answerLimitMs = secondMs;
const leaderLimitMs = 300;
const unknown: Check = { ok: false, sentence: 'Unknown without the database.' };

/** One question is under way at most: while it is not answered, each look says for how long. */
export function createPlaneWatch({ clock, version, readiness, leader }: PlaneOptions): PlaneWatch {
  let asked: { readonly atMs: Instant; readonly answer: Promise<Answer> } | null = null;

  /** Who leads is told beside the rest, which does not wait for it. */
  async function leaderInTime(): Promise<Leader> {
    const inTime = new AbortController();
    const late = clock.sleep(leaderLimitMs, inTime.signal).then(() => null);
    return Promise.race([leader().catch(() => null), late]).finally(() => inTime.abort());
  }

  async function ask(atMs: Instant): Promise<Answer> {
    const known = leaderInTime();
    const { checks } = await readiness();
    const tookMs = clock.now() - atMs;
    const answer = { checks, tookMs, leader: await known };
    asked = null;
    return answer;
  }

  return {
    async look(picture) {
      const atMs = asked?.atMs ?? clock.now();
      asked ??= { atMs, answer: ask(atMs) };
      const inTime = new AbortController();
      const answer = await Promise.race([asked.answer, clock.sleep(answerLimitMs, inTime.signal).then(() => null)]);
      inTime.abort();
      const now = clock.wallTime();
      const checks = answer === null ? silent(clock.now() - atMs) : checksOf(answer);
      return {
        at: now.toISOString(),
        version,
        ...checks,
        listening: listeningCheck(answer, picture, now),
        members: membersOf(picture, now),
        readAt: picture?.at ?? null,
      };
    },
  };
}

interface Answer {
  readonly checks: ReadyView['checks'];
  readonly tookMs: number;
  readonly leader: Leader;
}

function silent(forMs: number): Pick<LivePlane, 'lease' | 'database'> {
  const sentence = `It has not answered for ${durationText(forMs)}.`;
  return { lease: { ...unknown, leader: null }, database: { ok: false, sentence, answeredInMs: null } };
}

function checksOf({ checks, tookMs, leader }: Answer): Pick<LivePlane, 'lease' | 'database'> {
  const { ok, sentence } = checkNamed(checks, 'database');
  const answeredInMs = ok ? Math.round(tookMs * 10) / 10 : null;
  const lease = checkNamed(checks, 'lease');
  // Who does not renew it any more leads no longer, though the row still bears the name.
  return { lease: { ...lease, leader: lease.ok ? leader : null }, database: { ok, sentence, answeredInMs } };
}

function checkNamed(checks: ReadyView['checks'], name: string): Check {
  const { ok, sentence } = checks.find((check) => check.name === name) ?? unknown;
  return { ok, sentence };
}

/** Whether this process stores what it hears, and whether the failover loop, in whichever process, could have heard anybody (R2). */
function listeningCheck(answer: Answer | null, picture: Picture | null, now: Date): Check {
  if (picture === null) return { ok: false, sentence: 'Not read yet.' };
  const flush = answer?.checks.find(({ name }) => name === 'flush');
  if (flush?.ok === false) return { ok: false, sentence: flush.sentence };
  if (picture.listening === null) return { ok: true, sentence: 'No failover loop has judged any pool yet.' };
  const { listening, judgedAt } = picture.listening;
  const aged = agedSentence(judgedAt, now, 'any pool');
  if (aged !== null) return { ok: false, sentence: aged };
  const { blindBecause, blindForMs, heardMembers, enrolledMembers } = listening;
  if (blindBecause !== null)
    return { ok: false, sentence: `Not for ${durationText(blindForMs)}: ${blindReasonText[blindBecause]}.` };
  return { ok: true, sentence: `${heardMembers} of ${enrolledMembers} enrolled members heard in the last 3 s.` };
}

/** Pools are read each second, and a busy database may take a few; whom nobody has looked at for longer is not heard "in the last 3 s". */
const pictureAgesAfterMs = 5 * secondMs;

function membersOf(picture: Picture | null, now: Date): LivePlane['members'] {
  if (picture === null || picture.listening === null) return null;
  const { listening, judgedAt } = picture.listening;
  const isOld = now.getTime() - Date.parse(picture.at) > pictureAgesAfterMs;
  if (isOld || agedSentence(judgedAt, now, 'any pool') !== null) return null;
  const { heardMembers, enrolledMembers } = listening;
  return { heard: heardMembers, enrolled: enrolledMembers };
}
