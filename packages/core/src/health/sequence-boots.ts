import { hourMs } from '../time.ts';

/*
 * Two hosts with one key that were each started apart take boots from each other (R35): each is told `agent_boot_superseded`, asks for a
 * boot of its own and so supersedes the other. A run of the agent says in which boot it was told; a fresh start has none. So the boots of
 * one run form a line, and the lines of one member are kept where boots are issued, for any replica may issue the next:
 *
 *   token request                                      | lines
 *   boot null, nothing superseded                      | as they were: a host may start as often as it likes
 *   superseded is a boot of a line, which moved last   | the new boot joins it; no turn: a lost reply, or a request that came late
 *   superseded is a boot of another line               | the new boot joins it, one turn
 *   superseded is of no line                           | a line of both boots, one turn
 *
 * Two lines with three turns each within an hour are a clone: six boots that living runs took from each other. A restart in which the old
 * run lives on for a moment makes at most a turn or two and never adds to an earlier one, since each start is a line of its own.
 */

/** The boots of one run of the agent, oldest first, and when it took one in turn: ms of the clock that all replicas share. */
export interface BootLine {
  readonly boots: readonly number[];
  readonly turns: readonly number[];
}

/** A run that was told in boot `superseded` that a newer one exists was issued `boot`. */
export interface Supersession {
  readonly superseded: number;
  readonly boot: number;
}

/** What is known of a member's runs from now on, and whether they are two hosts. */
export interface ObservedBoots {
  readonly lines: readonly BootLine[];
  readonly isClone: boolean;
}

/** What makes a clone, and how much of a line is kept. */
const bootLineLimits = { turns: 3, withinMs: hourMs, lines: 8, boots: 16 } as const;

/** Notes that a living run took a boot (R35). `atMs` is the clock of the database: only differences of about an hour are taken from it. */
export function noteSupersession(
  known: readonly BootLine[],
  { superseded, boot }: Supersession,
  atMs: number,
): ObservedBoots {
  const recent = known.map((line) => ({ ...line, turns: line.turns.filter((turn) => isRecent(turn, atMs)) }));
  const alive = recent.filter(({ turns }) => turns.length > 0);
  const line = alive.find(({ boots }) => boots.includes(superseded)) ?? { boots: [superseded], turns: [] };
  const newest = Math.max(...alive.map(lastBoot));
  const movedLast = alive.includes(line) && lastBoot(line) === newest;
  const moved = {
    boots: [...line.boots, boot].slice(-bootLineLimits.boots),
    turns: movedLast ? line.turns : [...line.turns, atMs].slice(-bootLineLimits.turns),
  };
  const lines = [...alive.filter((one) => one !== line), moved].slice(-bootLineLimits.lines);
  return { lines, isClone: lines.filter(({ turns }) => turns.length >= bootLineLimits.turns).length >= 2 };
}

/** Either way round: a clock that was set back must not keep a turn for ever. */
function isRecent(turnMs: number, atMs: number): boolean {
  return Math.abs(atMs - turnMs) <= bootLineLimits.withinMs;
}

function lastBoot({ boots }: BootLine): number {
  return boots.at(-1) ?? 0;
}
