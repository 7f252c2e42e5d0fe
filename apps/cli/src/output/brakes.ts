import type { BrakesView } from '@serverctl/contract';
import { clean, facts, table } from './table.ts';
import { localTime, tinted, untilText } from './words.ts';

/** What the brakes hold back, by which figures, zone by zone; how to release them while they hold. */
export function brakesText(view: BrakesView, colour: boolean): string {
  const { massSilence, velocity } = view;
  const head = facts([
    [
      'mass silence',
      `${heldText(massSilence.holds, colour)}, ${massSilence.silent} of ${massSilence.members} members silent`,
    ],
    [
      'velocity',
      `${heldText(velocity.holds, colour)}, ${velocity.promotions} of ${velocity.limit} failovers in a minute`,
    ],
    ...releaseFact(view),
    ['judged', view.judgedAt === null ? 'never yet' : localTime(view.judgedAt)],
  ]);
  return [clean(view.sentence), head, zoneTable(view, colour), ...bound(view)].join('\n\n');
}

/** As `poolDone`: what was done; which pools wait is known when they are judged again. */
export function brakesDone(done: string, view: BrakesView): string {
  const released = releaseFact(view);
  return [done, ...(released.length === 0 ? [] : [facts(released)]), 'What they hold back now: serverctl brakes'].join(
    '\n\n',
  );
}

function releaseFact({ released }: BrakesView): readonly (readonly [string, string])[] {
  if (released === null) return [];
  const { until, by, reason } = released;
  return [['released', `${untilText(until)} by ${clean(by)}: ${clean(reason)}`]];
}

function heldText(holds: boolean, colour: boolean): string {
  return holds ? tinted('holds', 'bad', colour) : tinted('not now', 'good', colour);
}

function zoneTable({ massSilence: { zones } }: BrakesView, colour: boolean): string {
  if (zones.length === 0) return 'No member counts yet.';
  const rows = zones.map(({ zone, members, silent, dead }) => [
    clean(zone),
    String(members),
    String(silent),
    dead ? `${tinted('dead', 'bad', colour)}: its pools fail over at normal speed` : '',
  ]);
  return table(['zone', 'members', 'silent', ''], rows);
}

/** The pools that wait, and the way on: also when only one of the two brakes is on. */
function bound({ braked, massSilence, velocity, howToRelease }: BrakesView): readonly string[] {
  const rows = braked.map(({ pool, because }) => [clean(pool), because]);
  const holds = massSilence.holds || velocity.holds || braked.length > 0;
  return [
    ...(rows.length === 0 ? [] : [table(['pool that waits', 'because'], rows)]),
    ...(holds ? [`Release: ${clean(howToRelease)}`] : []),
  ];
}
