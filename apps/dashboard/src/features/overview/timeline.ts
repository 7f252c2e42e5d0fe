import type { BindingStatus, PoolView, PromotionView } from '@serverctl/contract';
import { cachedUntilMs } from '../../lib/pool/cached-until.ts';
import { hostnameOf } from '../../lib/pool/names.ts';
import { actorWords, causeWords, kindWords } from '../../lib/pool/promotion-words.ts';
import { ageText, countText, measuredText, preciseClockText, sinceText } from '../../lib/words.ts';
import type { LeftBehind, Now } from './left-behind.ts';

export type StepState = 'done' | 'running' | 'next' | 'failed' | 'skipped' | 'unknown';

export interface TimelineStep {
  readonly title: string;
  readonly state: StepState;
  /** Measured, or what is there of it by now. */
  readonly value: string;
  readonly detail: string;
}

export interface Timeline {
  readonly title: string;
  readonly hint: string;
  readonly steps: readonly TimelineStep[];
  /** Nothing of it goes on any more, or nobody can know. */
  readonly isOver: boolean;
  /** When the last measured thing of it was, by the server's clock. */
  readonly lastMs: number;
}

export const titles = {
  heartbeat: 'Last heartbeat',
  detected: 'Detected',
  decided: 'Decided',
  acknowledged: 'Provider acknowledged',
  answering: 'Name servers answer',
  ttl: 'Old TTL runs out',
  sessions: 'Old sessions gone',
} as const;

/** What came last is drawn as news for so long. */
export const shownAfterMs = 60_000;

/** A promotion as it runs: what was measured, what is going on, what is still to come. */
export function timelineOf(pool: PoolView, promotion: PromotionView, left: LeftBehind | null, now: Now): Timeline {
  const told: Told = { pool, promotion, left, now, bindings: movedBy(promotion, pool.status.bindings) };
  const steps = afterUnfinished([...before(told), acknowledged(told), answering(told), ttl(told), sessionsGone(told)]);
  const open = steps.filter(({ state }) => state === 'running' || state === 'next' || state === 'failed');
  const isOver = open.length === 0 || promotion.state === 'superseded';
  return {
    title: `${kindWords[promotion.kind]} to ${hostnameOf(pool, promotion.toMemberId)} ${promotion.state === 'superseded' ? 'was overtaken' : stateText(steps, open)}`,
    hint: began(told),
    steps,
    isOver,
    lastMs: Math.max(...promotion.steps.map(({ at }) => Date.parse(at)), cachedUntilMs(pool, promotion) ?? 0),
  };
}

/** Of one that is done those that it wrote: what was bound afterwards is no part of it. */
function movedBy({ state, steps }: PromotionView, bindings: readonly BindingStatus[]): readonly BindingStatus[] {
  if (state !== 'done') return bindings;
  return bindings.filter(({ name, type }) => steps.some((one) => one.name === name && one.type === type));
}

interface Told {
  readonly pool: PoolView;
  readonly promotion: PromotionView;
  readonly left: LeftBehind | null;
  readonly now: Now;
  readonly bindings: readonly BindingStatus[];
}
type StepName = PromotionView['steps'][number]['step'];

const ofStep = ({ promotion }: Told, name: StepName) => promotion.steps.filter(({ step }) => step === name);
const firstMs = (told: Told, name: StepName) => ofStep(told, name)[0]?.afterMs ?? null;
const lastMs = (told: Told, name: StepName) => ofStep(told, name).at(-1)?.afterMs ?? null;
const plus = (ms: number) => `+ ${measuredText(Math.max(0, ms))}`;

function stateText(steps: readonly TimelineStep[], open: readonly TimelineStep[]): string {
  if (open.some(({ state }) => state === 'failed')) return 'is blocked';
  if (steps.some(({ title, state }) => title === titles.acknowledged && state === 'unknown')) return 'is not known yet';
  if (open.length === 0) return 'is done';
  return open.every((one) => steps.indexOf(one) >= steps.length - 2) ? 'is in its last step' : 'is running';
}

function began(told: Told): string {
  const { promotion, pool, now } = told;
  const [heartbeat] = ofStep(told, 'last-heartbeat');
  const from = promotion.fromMemberId === null ? '' : hostnameOf(pool, promotion.fromMemberId);
  const ago = (at: string) => `${sinceText(now.serverMs - Date.parse(at))} ago`;
  if (heartbeat !== undefined) return `it began ${ago(heartbeat.at)}, when ${from} went silent`;
  const [detected] = ofStep(told, 'detected');
  if (detected !== undefined) return `it began ${ago(detected.at)}: ${causeWords(promotion.cause)} on ${from}`;
  return `it began ${ago(promotion.decidedAt)}`;
}

/** Those that only an automatic one has, and the decision. */
function before(told: Told): readonly TimelineStep[] {
  const { promotion, pool } = told;
  const [heartbeat] = ofStep(told, 'last-heartbeat');
  const [detected] = ofStep(told, 'detected');
  const from = promotion.fromMemberId === null ? '' : hostnameOf(pool, promotion.fromMemberId);
  const isByLoop = promotion.actor === 'loop';
  const by = isByLoop ? `epoch ${promotion.epoch}` : `by ${actorWords(promotion.actor)}, epoch ${promotion.epoch}`;
  return [
    ...(heartbeat === undefined
      ? []
      : [step(titles.heartbeat, 'done', preciseClockText(heartbeat.at), `${from} went silent`)]),
    ...(detected === undefined
      ? []
      : [
          step(
            titles.detected,
            'done',
            heartbeat === undefined ? preciseClockText(detected.at) : plus(detected.afterMs - heartbeat.afterMs),
            heartbeat === undefined ? `${causeWords(promotion.cause)} on ${from}` : 'silence proven',
          ),
        ]),
    step(
      titles.decided,
      'done',
      detected === undefined ? preciseClockText(promotion.decidedAt) : plus(firstMs(told, 'decided') ?? 0),
      by,
    ),
  ];
}

const noRecord = (title: string): TimelineStep => step(title, 'skipped', 'Not needed', 'the pool has no DNS record');

function acknowledged(told: Told): TimelineStep {
  const { bindings, promotion } = told;
  if (bindings.length === 0) return noRecord(titles.acknowledged);
  const done = bindings.filter(({ publishedEpoch }) => publishedEpoch >= promotion.epoch);
  const all = countText(bindings.length, 'record');
  if (done.length === bindings.length) {
    const at = lastMs(told, 'acknowledged');
    const value = at === null ? '' : plus(at - (firstMs(told, 'decided') ?? 0));
    return step(titles.acknowledged, 'done', value, `${all} written`);
  }
  const rest = bindings.filter((binding) => !done.includes(binding));
  const blocked = rest.find(({ state }) => state === 'blocked');
  if (blocked !== undefined)
    return step(titles.acknowledged, 'failed', 'Blocked', blocked.error?.message ?? `${blocked.name} is not taken`);
  if (rest.some(({ state }) => state === 'unknown-outcome'))
    return step(titles.acknowledged, 'unknown', 'Not known yet', 'the provider did not answer; read before any retry');
  const since = ageText(told.now.serverMs - Date.parse(promotion.decidedAt));
  return step(titles.acknowledged, 'running', `${done.length} of ${all}`, `asked for ${since}`);
}

function answering(told: Told): TimelineStep {
  const title = titles.answering;
  const { bindings } = told;
  if (bindings.length === 0) return noRecord(title);
  const answers = bindings.flatMap(({ published }) => published);
  const right = answers.filter(({ ok }) => ok).length;
  const at = lastMs(told, 'all-answered');
  if (at !== null && ofStep(told, 'all-answered').length >= bindings.length) {
    const value = plus(at - (lastMs(told, 'acknowledged') ?? at));
    const isStill = right === answers.length;
    return step(
      title,
      'done',
      value,
      isStill ? `${right} of ${answers.length} give the new address` : 'all of them did',
    );
  }
  if (ofStep(told, 'acknowledged').length < bindings.length)
    return step(title, 'next', '', 'each is asked until it is right');
  const lagging = answers.filter(({ ok }) => !ok).map(({ server }) => server);
  const detail =
    lagging.length === 0
      ? 'being asked'
      : `${lagging.slice(0, 2).join(', ')} ${lagging.length > 1 ? 'do' : 'does'} not yet`;
  return step(title, 'running', `${right} of ${answers.length}`, detail);
}

function ttl(told: Told): TimelineStep {
  const title = titles.ttl;
  const { pool, promotion, now, bindings } = told;
  if (bindings.length === 0) return noRecord(title);
  const isAnswered = ofStep(told, 'all-answered').length >= bindings.length;
  const untilMs = cachedUntilMs(pool, promotion);
  const beganMs = Math.max(...ofStep(told, 'all-answered').map(({ at }) => Date.parse(at)));
  if (!isAnswered) return step(title, 'next', '', 'caches may give the old answer until then');
  if (untilMs === null) return step(title, 'skipped', 'Not needed', 'no cache holds another answer');
  const seconds = Math.round((untilMs - beganMs) / 1_000);
  if (now.serverMs >= untilMs) return step(title, 'done', plus(untilMs - beganMs), 'no cache holds the old answer');
  const left = Math.ceil((untilMs - now.serverMs) / 1_000);
  return step(title, 'running', `${left} s left`, `${Math.max(0, seconds - left)} of ${seconds} s gone`);
}

function sessionsGone({ left, now, promotion, pool }: Told): TimelineStep {
  const title = titles.sessions;
  if (pool.preset === 'generic')
    return step(title, 'skipped', 'Not counted', 'a generic pool has no sessions to count');
  if (left === null) {
    const { fromMemberId: from, toMemberId: to } = promotion;
    if (from !== null && from !== to) return step(title, 'skipped', 'Not counted', 'what is there now came later');
    const why = from === null ? 'nobody was active before' : `${hostnameOf(pool, to)} was not left`;
    return step(title, 'skipped', 'Not needed', why);
  }
  const { member, sessions, cachedUntilMs: untilMs } = left;
  if (sessions.kind === 'left')
    return step(title, 'running', `${countText(sessions.count, 'session')} left`, `on ${member.hostname}`);
  if (sessions.kind === 'gone' && sessions.because === 'stopped')
    return step(title, 'done', 'Gone', `HAProxy does not run on ${member.hostname}`);
  // A cache may send another client there until then.
  const isOpen = untilMs !== null && now.serverMs < untilMs;
  if (sessions.kind === 'gone') return step(title, isOpen ? 'running' : 'done', '0 sessions', `on ${member.hostname}`);
  const { last } = sessions;
  if (last === null) return step(title, 'unknown', 'Not known', `${member.hostname} says nothing of its sessions`);
  const age = sinceText(now.pageMs - last.readAtMs);
  return step(title, 'unknown', 'Not known', `${countText(last.count, 'session')} as of ${age} ago`);
}

const step = (title: string, state: StepState, value: string, detail: string): TimelineStep => ({
  title,
  state,
  value,
  detail,
});

/** What follows something that did not come off yet is still to come, whatever is known of it. */
function afterUnfinished(steps: readonly TimelineStep[]): readonly TimelineStep[] {
  const stop = steps.findIndex(
    ({ title, state }) => title === titles.acknowledged && state !== 'done' && state !== 'skipped',
  );
  return steps.map((one, index) =>
    stop !== -1 && index > stop && one.state !== 'skipped' ? { ...one, state: 'next', value: '' } : one,
  );
}
