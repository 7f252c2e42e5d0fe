import type { PoolView } from '@serverctl/contract';
import type { ActName } from '../../lib/act/acts.ts';
import { isServing, poolStateWords, type StateWords } from '../../lib/pool/health-words.ts';
import { longDownOf, longDownText } from '../../lib/pool/long-down.ts';
import { activeOf, isBehind, isJudgedBefore, isPublished, namesOf, nextOf, standbysOf } from '../../lib/pool/names.ts';
import { doneText, nextItem, setupItems } from '../../lib/pool/setup-steps.ts';
import { clockText, countText } from '../../lib/words.ts';
import type { Shape } from '../../ui/state.tsx';

/** One pool at a glance: what the list says of it. */
export interface Glance {
  readonly shape: Shape;
  readonly needsYou: boolean;
  readonly isSettingUp: boolean;
  readonly isServing: boolean;
  readonly couldFailOver: boolean;
  readonly next: Partial<StateWords> & { readonly word: string; readonly sub: string; readonly todo?: Way };
  readonly failover: { readonly word: string; readonly sub: string };
  /** Why it needs somebody; null = it does not. */
  readonly why: Why | null;
}

interface Why {
  readonly headline: string;
  readonly rest: string;
  readonly way?: Way;
  /** The member that it is about, where one page says more of it than the pool's. */
  readonly member?: { readonly id: string; readonly hostname: string };
}

/** A dialog of the pool that solves it, in words. */
export interface Way {
  readonly act: ActName;
  readonly word: string;
  readonly member?: string;
}

const wayOutOf: Partial<Readonly<Record<PoolView['status']['state'], Way>>> = {
  held: { act: 'ack', word: 'Acknowledge…' },
  paused: { act: 'resume', word: 'Resume…' },
  drift: { act: 'repair', word: 'Put the record back…' },
};

export function glanceAt(pool: PoolView): Glance {
  const isSettingUp = pool.activeMemberId === null;
  const why = isSettingUp ? null : whyItNeedsYou(pool);
  return {
    shape: shapeOf(pool, why !== null),
    needsYou: why !== null,
    isSettingUp,
    isServing: !isSettingUp && isServed(pool),
    couldFailOver: isSettingUp || (acts(pool) && (isJudgedBefore(pool) || nextOf(pool) !== null)),
    next: nextWords(pool),
    failover: failoverWords(pool),
    why,
  };
}

/** A pool that serves is drawn by how it does, though a step of its setup may be left. */
function shapeOf(pool: PoolView, needsYou: boolean): Shape {
  const { shape, needsYou: byState } = poolStateWords[pool.status.state];
  if (needsYou) return byState ? shape : 'needs-you';
  return pool.status.state === 'setup' && pool.activeMemberId !== null ? 'healthy' : shape;
}

/** "6 of 6 hostnames are served." and how many pools could not fail over: both truths, counted. */
export function summaryOf(pools: readonly PoolView[]) {
  const published = pools.filter(({ activeMemberId }) => activeMemberId !== null);
  const names = new Set(published.flatMap(namesOf));
  const served = new Set(published.filter((pool) => glanceAt(pool).isServing).flatMap(namesOf));
  const stuck = published.filter((pool) => !glanceAt(pool).couldFailOver).length;
  return {
    served: `${served.size} of ${countText(names.size, 'hostname')} ${names.size === 1 ? 'is' : 'are'} served.`,
    stuck:
      stuck === 0
        ? null
        : `${countText(stuck, 'pool')} could not fail over by ${stuck === 1 ? 'itself' : 'themselves'}.`,
  };
}

/** Those that need somebody first, then by name: rows keep their places while nothing needs anybody. */
export function inOrder(pools: readonly PoolView[]): readonly PoolView[] {
  const urgency = (pool: PoolView) => (glanceAt(pool).needsYou ? 0 : 1);
  return [...pools].sort((a, b) => urgency(a) - urgency(b) || a.name.localeCompare(b.name));
}

/** By name, hostname, member and address, whatever the case. */
export function matches(pool: PoolView, wanted: string): boolean {
  const members = pool.status.members.flatMap(({ hostname, address, address6 }) => [hostname, address, address6]);
  const words = [pool.name, ...namesOf(pool), ...members].join(' ').toLowerCase();
  return words.includes(wanted.trim().toLowerCase());
}

/** What nobody can know is not counted as served (DESIGN.md: we say what we do not know). */
function isServed(pool: PoolView): boolean {
  const active = activeOf(pool);
  const { bindings } = pool.status;
  if (active === null || isServing(active, pool.preset) !== true) return false;
  return bindings.every((one) => isPublished(one) && !isBehind(pool, one));
}

/** Moves by itself, where there is somewhere to. */
function acts(pool: PoolView): boolean {
  const { automaticFailover, held, paused, maintenance } = pool;
  const isResting = maintenance !== null || (activeOf(pool)?.maintenance ?? null) !== null;
  return automaticFailover && !held && paused === null && !isResting;
}

/** In this order: what its state says, then what would be wrong at the next failure. */
function whyItNeedsYou(pool: PoolView): Why | null {
  const { state, sentence } = pool.status;
  const words = poolStateWords[state];
  const way = wayOutOf[state];
  if (words.needsYou) return { headline: `${words.word}.`, rest: sentence, ...(way && { way }) };
  const active = activeOf(pool);
  if (active === null) return null;
  if (isServing(active, pool.preset) === false) return { headline: `${pool.name} is not served.`, rest: sentence };
  if (state !== 'calm' && state !== 'setup') return null;
  if (nextOf(pool) === null && !isJudgedBefore(pool)) {
    return { headline: `If ${active.hostname} fails now, nothing can take over.`, ...withoutNext(pool) };
  }
  if (pool.automaticFailover) return standbyDown(pool);
  return {
    headline: 'Automatic failover is off.',
    rest: `If ${active.hostname} fails, a person has to move the record.`,
    way: { act: 'failover', word: 'Switch it on…' },
  };
}

/** It does well, and has fewer to take over than somebody meant it to have. */
function standbyDown(pool: PoolView): Why | null {
  const down = longDownOf(pool);
  const [first] = down;
  if (first === undefined) return null;
  const { id, hostname, healthSentence } = first;
  const rest = down.length === 1 ? healthSentence : `${hostname}: ${healthSentence}`;
  return { headline: `${longDownText(down)}.`, rest, member: { id, hostname } };
}

/** The first standby stands for all: it would be next if nothing were in its way. */
function withoutNext(pool: PoolView): { readonly rest: string; readonly way?: Way } {
  const [first] = standbysOf(pool);
  if (first === undefined) {
    return { rest: 'The pool has no other member.', way: { act: 'add-member', word: 'Add a member…' } };
  }
  const rest = `${first.hostname}: ${first.standingSentence}`;
  if (first.maintenance === null) return { rest };
  return { rest, way: { act: 'member-maintenance', word: 'Its maintenance…', member: first.id } };
}

function nextWords(pool: PoolView): Glance['next'] {
  const standbys = standbysOf(pool);
  const ready = standbys.filter((one) => one.ready).length;
  const sub = `${ready} of ${countText(standbys.length, 'standby', 'standbys')} ready`;
  if (pool.activeMemberId === null) {
    const items = setupItems(pool);
    const todo = nextItem(items);
    if (todo === null) return { word: 'Not published yet', sub: '' };
    const { act, member, todo: word } = todo;
    const way = { act, word, ...(member !== undefined && { member }) };
    return { word: `Setup: ${doneText(items)}`, sub: 'next: ', todo: way };
  }
  if (pool.maintenance !== null) return { shape: 'maintenance', word: 'In maintenance', sub: 'seen, not acted on' };
  const next = nextOf(pool);
  if (isJudgedBefore(pool)) return { shape: 'unknown', word: 'Not known yet', sub: 'it has just moved' };
  if (next === null) return { shape: 'needs-you', word: 'No ready standby', sub };
  return { shape: 'healthy', word: next.hostname, sub };
}

function failoverWords(pool: PoolView): Glance['failover'] {
  if (pool.maintenance !== null) return { word: 'Maintenance', sub: `until ${clockText(pool.maintenance.until)}` };
  if (pool.paused !== null) return { word: 'Paused', sub: 'until a person resumes it' };
  if (pool.held) return { word: 'Held', sub: 'until acknowledged' };
  if (!pool.automaticFailover) return { word: 'Off', sub: 'by hand only' };
  return { word: 'On', sub: `after ${pool.failoverDelaySeconds} s` };
}
