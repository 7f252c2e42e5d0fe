import { AppError, type BindingId, type Instant, secondMs } from '@serverctl/core';
import type { Binding, PublicationUpdate } from '../../apps/server/src/worker/ports.ts';
import type { KeptTimeline, MemoryHouse } from './memory-house.ts';

type Step = NonNullable<PublicationUpdate['step']>;

export function timelineOf({ timelines }: Pick<MemoryHouse, 'timelines'>, id: BindingId): KeptTimeline {
  const timeline = timelines.get(id) ?? { steps: new Map(), oldTtlUntil: null, oldAnswerUntil: null };
  timelines.set(id, timeline);
  return timeline;
}

export function recordUpdate(house: MemoryHouse, update: PublicationUpdate, now: Instant): void {
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
  if (update.step !== null) completeStep(timeline, update.step, after, update.epoch, now);
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
): void {
  const { steps } = timeline;
  const isElapsed = step === 'old-ttl-elapsed';
  const at = isElapsed ? elapsedAt(timeline, epoch, now) : now;
  if (at === null || steps.has(`${epoch} ${step}`) || (isElapsed && epoch !== publishedEpoch)) return;
  steps.set(`${epoch} ${step}`, at);
}

/** When the answer that the epoch's first write replaced was out of every cache; null = not yet, or it replaced none. */
function elapsedAt({ steps, oldAnswerUntil }: KeptTimeline, epoch: number, now: Instant): Instant | null {
  const [written, answered] = [steps.get(`${epoch} acknowledged`), steps.get(`${epoch} all-answered`)];
  if (written === undefined || answered === undefined || oldAnswerUntil === null) return null;
  if (oldAnswerUntil <= written || oldAnswerUntil >= now + secondMs) return null;
  return Math.min(now, oldAnswerUntil + answered - written);
}
