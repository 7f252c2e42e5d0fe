import { AppError, type BindingId, type Instant, secondMs } from '@serverctl/core';
import type { Binding, PublicationUpdate } from '../../apps/server/src/worker/ports.ts';
import type { KeptTimeline, MemoryHouse } from './memory-house.ts';

type Step = NonNullable<PublicationUpdate['step']>;

export function timelineOf({ timelines }: Pick<MemoryHouse, 'timelines'>, id: BindingId): KeptTimeline {
  const timeline = timelines.get(id) ?? { steps: new Map(), oldTtlUntil: null, oldAnswerUntil: null };
  timelines.set(id, timeline);
  return timeline;
}

/** Returns what `PoolStore.recordPublication` resolves with. */
export function recordUpdate(house: MemoryHouse, update: PublicationUpdate, now: Instant, changed: () => void): number {
  const binding = house.bindings.get(update.bindingId);
  if (binding === undefined) throw new AppError('binding_not_found');
  house.publications.push({ ...update, at: now });
  const isPresent = update.epoch >= (house.pools.get(binding.poolId)?.epoch ?? 0);
  const isAcknowledged = update.step === 'acknowledged' && update.epoch >= binding.publishedEpoch;
  const timeline = timelineOf(house, binding.id);
  if (isAcknowledged) keepOldAnswer(timeline, update, binding, now);
  const after: Binding = {
    ...binding,
    ...(isAcknowledged && { publishedEpoch: update.epoch, publishedAddress: update.address, takeOver: null }),
    ...(isPresent && { isLeft: update.state === 'drift' }),
  };
  house.bindings.set(binding.id, after);
  const leftMs = update.step === null ? 0 : completeStep(timeline, update.step, after, update.epoch, now);
  changed();
  return leftMs;
}

/** Of the first acknowledgement under an epoch; one that replaced no answer leaves those that an earlier one did. */
function keepOldAnswer(
  timeline: KeptTimeline,
  { epoch, previousTtlSeconds = null, oldAnswerTtlSeconds = null }: PublicationUpdate,
  { publishedEpoch }: Binding,
  now: Instant,
): void {
  const later = (ttlSeconds: number) =>
    Math.max(timeline.oldTtlUntil ?? Number.NEGATIVE_INFINITY, now + ttlSeconds * secondMs);
  if (epoch > publishedEpoch && oldAnswerTtlSeconds !== null) timeline.oldAnswerUntil = later(oldAnswerTtlSeconds);
  if (previousTtlSeconds !== null) timeline.oldTtlUntil = later(previousTtlSeconds);
}

function completeStep(
  timeline: KeptTimeline,
  step: Step,
  { publishedEpoch }: Binding,
  epoch: number,
  now: Instant,
): number {
  if (step === 'old-ttl-elapsed') return epoch === publishedEpoch ? oldAnswerElapsed(timeline, epoch, now) : 0;
  keepStep(timeline, `${epoch} ${step}`, now);
  return 0;
}

/** What is left of the answer that the epoch's first write replaced, which is kept where that is nothing; 0 also where it replaced none. */
function oldAnswerElapsed(timeline: KeptTimeline, epoch: number, now: Instant): number {
  const { steps, oldAnswerUntil } = timeline;
  const [written, answered] = [steps.get(`${epoch} acknowledged`), steps.get(`${epoch} all-answered`)];
  if (written === undefined || answered === undefined || oldAnswerUntil === null || oldAnswerUntil <= written) return 0;
  if (oldAnswerUntil >= now + secondMs) return oldAnswerUntil - now;
  keepStep(timeline, `${epoch} old-ttl-elapsed`, Math.min(now, oldAnswerUntil + answered - written));
  return 0;
}

function keepStep({ steps }: KeptTimeline, key: string, at: Instant): void {
  if (!steps.has(key)) steps.set(key, at);
}
