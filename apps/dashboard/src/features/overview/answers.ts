import type { PoolView, PromotionView } from '@serverctl/contract';
import { cachedUntilMs } from '../../lib/pool/cached-until.ts';
import { isServing, poolStateWords } from '../../lib/pool/health-words.ts';
import { activeOf, addressOf, hostnameOf, isBehind, isJudgedBefore, nextOf, standbysOf } from '../../lib/pool/names.ts';
import { actorWords, causeWords, isMove, kindWords } from '../../lib/pool/promotion-words.ts';
import { countText, secondText, sinceText } from '../../lib/words.ts';
import type { Shape } from '../../ui/state.tsx';
import { unsettledText } from './unsettled.ts';

export interface Answer {
  readonly question: string;
  readonly shape?: Shape;
  readonly answer: string;
  /** Something to paste, before the line. */
  readonly mono?: string;
  readonly line: string;
  /** Its instant, before the line. */
  readonly at?: string;
  /** The promotion that the answer leads to, by id. */
  readonly promotion?: string;
}

/** The four, in their order, and the one that is tinted; null = calm. */
export interface Answers {
  readonly serving: Answer;
  readonly from: Answer;
  readonly ifItFails: Answer;
  readonly lastChange: Answer;
  readonly tinted: { readonly which: 'serving' | 'ifItFails'; readonly tint: 'look' | 'bad' } | null;
}

/** What a pool page says before anything else. `last` is the newest promotion, undefined while it is not read; `nowMs` the server's clock. */
export function answersOf(pool: PoolView, last: PromotionView | undefined | null, nowMs: number): Answers {
  const serving = servingAnswer(pool, last ?? null, nowMs);
  const ifItFails = ifItFailsAnswer(pool);
  return {
    serving,
    from: fromAnswer(pool, last ?? null, nowMs),
    ifItFails,
    lastChange: lastChangeAnswer(pool, last, nowMs),
    tinted: tintedOf(serving, ifItFails),
  };
}

/** At most one: the one that needs somebody, and the first of them. */
function tintedOf({ shape: serving }: Answer, { shape: next }: Answer): Answers['tinted'] {
  if (serving === 'lost') return { which: 'serving', tint: 'bad' };
  if (serving === 'needs-you') return { which: 'serving', tint: 'look' };
  return next === 'needs-you' ? { which: 'ifItFails', tint: 'look' } : null;
}

function servingAnswer(pool: PoolView, last: PromotionView | null, nowMs: number): Answer {
  const question = 'Is it serving?';
  const active = activeOf(pool);
  if (active === null) return { question, shape: 'not-applicable', answer: 'Not yet', line: pool.status.sentence };
  const serving = isServing(active, pool.preset);
  const line = unsettledText(pool, active, nowMs) ?? active.healthSentence;
  if (serving === false) return { question, shape: 'lost', answer: 'Probably not', line };
  const trouble = troubleAnswer(pool);
  if (trouble !== null) return { question, ...trouble };
  const answers = pool.status.bindings.flatMap(({ published }) => published);
  const right = answers.filter(({ ok }) => ok).length;
  const servers = `${right} of ${countText(answers.length, 'answer')} of the name servers are right`;
  if (pool.status.bindings.some((one) => isBehind(pool, one))) return { question, ...unwrittenAnswer(pool) };
  if (answers.length === 0) return { question, ...unansweredAnswer(pool) };
  if (right < answers.length) {
    const running = poolStateWords[pool.status.state].shape === 'running';
    return { question, shape: running ? 'running' : 'needs-you', answer: running ? 'Moving' : 'Partly', line: servers };
  }
  if (serving === null) return { question, shape: 'unknown', answer: 'Not known', line };
  const moved = last === null ? null : whileCached(pool, last, nowMs);
  if (moved !== null) return { question, shape: 'healthy', ...moved };
  const count = new Set(answers.map(({ server }) => server)).size;
  const all = count === 1 ? 'the name server gives' : `all ${count} name servers give`;
  return { question, shape: 'healthy', answer: 'Yes', line: `${all} this address` };
}

type Said = Pick<Answer, 'answer' | 'line'> & { readonly shape: Shape };

/** A record that stands in the way: what its name servers answered last is not kept then, and would say nothing. */
function troubleAnswer({ status: { bindings, sentence } }: PoolView): Said | null {
  const shape = 'needs-you';
  const answer = 'Not certain';
  const drifted = bindings.find(({ state }) => state === 'drift');
  if (drifted !== undefined)
    return { shape, answer, line: drifted.drift?.sentence ?? drifted.error?.message ?? sentence };
  const blocked = bindings.find(({ state }) => state === 'blocked');
  if (blocked !== undefined) return { shape, answer, line: blocked.error?.message ?? sentence };
  if (!bindings.some(({ state }) => state === 'unknown-outcome')) return null;
  const line = 'the provider did not say whether it has the new address; the record is read before any retry';
  return { shape: 'unknown', answer: 'Not known', line };
}

/** The decision is made, and the record is not written: its name servers give the address of before. */
function unwrittenAnswer({ paused, status: { sentence } }: PoolView): Said {
  if (paused !== null) return { shape: 'needs-you', answer: 'Not certain', line: sentence };
  return { shape: 'running', answer: 'Moving', line: 'the record is being written' };
}

function unansweredAnswer({ status: { bindings } }: PoolView): Said {
  if (bindings.some(({ state }) => state === 'publishing'))
    return { shape: 'running', answer: 'Moving', line: 'the record is being written' };
  if (bindings.some(({ state }) => state === 'verifying'))
    return { shape: 'running', answer: 'Moving', line: 'the name servers are being asked' };
  const isIdle = bindings.every(({ state }) => state === 'idle');
  const line = isIdle ? 'no name server was asked' : 'no answer of a name server is known';
  return { shape: 'unknown', answer: 'Not known yet', line };
}

/** Every name server is right, and caches are not yet: who asks anew is served, and the rest within the old TTL. */
function whileCached(pool: PoolView, last: PromotionView, nowMs: number): Pick<Answer, 'answer' | 'line'> | null {
  const untilMs = last.toMemberId === pool.activeMemberId ? cachedUntilMs(pool, last) : null;
  if (untilMs === null || nowMs >= untilMs) return null;
  const since = last.steps.findLast(({ step }) => step === 'all-answered')?.at ?? last.decidedAt;
  const rest = `the rest within ${Math.ceil((untilMs - nowMs) / 1_000)} s`;
  const isAgain = last.kind === 'failover' || last.kind === 'withdrawal';
  return { answer: isAgain ? 'Yes, again' : 'Yes', line: `new clients since ${secondText(since)}, ${rest}` };
}

function fromAnswer(pool: PoolView, last: PromotionView | null, nowMs: number): Answer {
  const question = 'From where?';
  const active = activeOf(pool);
  if (active === null) return { question, answer: '–', line: 'nobody is active before the first publish' };
  const isSince = last !== null && last.toMemberId === active.id && isMove(last);
  const since = isSince ? `for ${sinceText(nowMs - Date.parse(last.decidedAt))}` : '';
  const address = addressOf(active);
  return { question, answer: active.hostname, ...(address !== null && { mono: address }), line: since };
}

function ifItFailsAnswer(pool: PoolView): Answer {
  const question = 'What if it fails?';
  const next = nextOf(pool);
  if (pool.activeMemberId === null) return { question, answer: '–', line: 'nothing is published yet' };
  if (pool.maintenance !== null)
    return { question, shape: 'maintenance', answer: 'Nothing is moved', line: 'in maintenance: seen, not acted on' };
  if (pool.held || pool.paused !== null)
    return {
      question,
      shape: 'needs-you',
      answer: 'Nothing is moved',
      line: pool.held ? 'held until acknowledged' : 'paused until a person resumes it',
    };
  if (isJudgedBefore(pool))
    return {
      question,
      shape: 'unknown',
      answer: 'Not known yet',
      line: 'it has just moved; the others are judged anew',
    };
  if (next === null) {
    const [first] = standbysOf(pool);
    const line = first === undefined ? 'the pool has no other member' : `${first.hostname}: ${first.standingSentence}`;
    return { question, shape: 'needs-you', answer: 'Nobody takes over', line };
  }
  const answer = `${next.hostname} takes over`;
  if (!pool.automaticFailover)
    return { question, shape: 'needs-you', answer, line: 'only by hand: automatic failover is off' };
  const ttl = Math.max(0, pool.status.clientsBackSeconds - pool.failoverDelaySeconds);
  return { question, answer, line: `by itself ${whenText(pool)}, plus ${ttl} s TTL` };
}

/** A stopped HAProxy has a grace of its own, where one is watched: it is seen at once and need not be waited for as silence is. */
function whenText(pool: PoolView): string {
  const { failoverDelaySeconds: delay, haproxyGraceSeconds: grace } = pool;
  if (pool.preset !== 'haproxy' || (activeOf(pool)?.haproxy ?? null) === null) return `after ${delay} s of silence`;
  return `after ${delay} s of silence, or ${grace === 0 ? 'at once' : `${grace} s`} after HAProxy stopped`;
}

function lastChangeAnswer(pool: PoolView, last: PromotionView | undefined | null, nowMs: number): Answer {
  const question = 'What changed last?';
  if (last === undefined && pool.lastPromotion !== null) {
    const { kind, at } = pool.lastPromotion;
    return { question, answer: kindWords[kind], at, line: '' };
  }
  if (last == null) return { question, answer: 'Nothing yet', line: 'never moved' };
  const isRunning = last.state !== 'superseded' && (last.state !== 'done' || nowMs < (cachedUntilMs(pool, last) ?? 0));
  const common = { question, promotion: last.id };
  if (isRunning) {
    const from = last.fromMemberId === null ? '' : `${hostnameOf(pool, last.fromMemberId)} → `;
    const why = last.actor === 'loop' ? causeWords(last.cause) : `by ${actorWords(last.actor)}`;
    const line = `${from}${hostnameOf(pool, last.toMemberId)}, ${why}`;
    return { ...common, answer: `${kindWords[last.kind]}, still running`, line };
  }
  const where = last.fromMemberId === null ? '' : `, from ${hostnameOf(pool, last.fromMemberId)}`;
  const line = last.actor === 'loop' ? where : ` by ${actorWords(last.actor)}`;
  return { ...common, answer: kindWords[last.kind], at: last.decidedAt, line };
}
