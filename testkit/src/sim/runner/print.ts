import type { SeedReport } from './seed-report.ts';
import { type Summary, seedsThatMustShowAll } from './summary.ts';

/** What people read: one block for each world that broke an invariant. */
export function renderViolations({ seed, violations, lastEvents }: SeedReport): string {
  const [first] = violations;
  if (first === undefined) return '';
  const more = violations.length > 1 ? `\n  and ${violations.length - 1} more after it` : '';
  const events = lastEvents.map((line) => `    ${line}`).join('\n');
  return `seed ${seed}, ${atText(first.atMs)}: ${first.invariant} ${first.sentence}${more}\n${events}\n  again: script/sim --seed ${seed}\n`;
}

const countsFrom = `That counts from ${seedsThatMustShowAll} seeds on; this run had fewer.`;

/** The figures of a run in words. */
export function renderSummary(summary: Summary): string {
  const { seeds, simulatedHours, speedup, violations, eventsPerSeedP50, sometimes, sometimesMissing } = summary;
  const counts = Object.entries(sometimes).map(
    ([name, count]) => `  ${name.padEnd(44)} in ${String(count).padStart(5)} of ${seeds}`,
  );
  return [
    `${seeds} seeds, ${simulatedHours} simulated hours, ${speedup} times as fast as life, ${eventsPerSeedP50} events in the middle seed.`,
    `${violations} violations, ${summary.frozenTicks} frozen ticks.`,
    'Seen:',
    ...counts,
    sometimesMissing.length === 0 ? 'Nothing is missing.' : `Seen too seldom: ${sometimesMissing.join(', ')}.`,
    ...(sometimesMissing.length > 0 && seeds < seedsThatMustShowAll ? [countsFrom] : []),
  ].join('\n');
}

/** A moment of a world: minutes, seconds, milliseconds. */
export function atText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${minutes} min ${((ms - minutes * 60_000) / 1_000).toFixed(3)} s`;
}
