import { type Figures, spreadOf } from './figures.ts';
import { describeLoad, type Load } from './load.ts';
import { type Measure, measures, type Value, type Values } from './values.ts';

/** The table for people, in milliseconds. */
export function renderTable(values: Values): string {
  const rows = (Object.keys(measures) as Measure[])
    .filter((measure) => values.of(measure).length > 0)
    .map((measure) => {
      const measured = values.of(measure);
      const { min, p50, max } = spreadOf(measured);
      return [measures[measure], ...[min, p50, max].map((ms) => ms.toFixed(1)), String(measured.length)];
    });
  const header = ['milliseconds', 'min', 'p50', 'max', 'n'];
  return [header, ...rows].map(renderRow).join('\n');
}

function renderRow([name = '', ...cells]: readonly string[]): string {
  return name.padEnd(46) + cells.map((cell, index) => cell.padStart(index === 3 ? 5 : 10)).join('');
}

/** What else must be known to read the table. */
export function renderRemarks({ settings, frozenTicks, clientBack }: Figures, load: Load): string {
  return [
    `frozen ticks (R2): ${frozenTicks}`,
    `load: ${describeLoad(load)}`,
    `clients: every ${settings.client.everyMs} ms through ${settings.client.resolver}, TTL ${clientBack.ttlSeconds} s; of keepalived: ${settings.client.keepalived}`,
    `settings: ${JSON.stringify(settings)}`,
  ].join('\n');
}

/** One line a value, with the points on its way. */
export function renderValue({ measure, round, ms, from, to, way }: Value): string {
  const points = Object.entries(way).map(([point, at]) => `${point} ${at}`);
  return `round ${round}  ${measure.padEnd(16)} ${String(ms).padStart(8)} ms  ${from} → ${to}  ${points.join(', ')}`;
}
