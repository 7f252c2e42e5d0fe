import { type EventList, type EventQuery, type EventView, severities } from '@serverctl/contract';
import { type ErrorCategory, isAppError } from '@serverctl/core';
import { Command, Option } from 'commander';
import { named } from '../arguments.ts';
import { action, type Context } from '../context.ts';
import { examples } from '../help.ts';
import { count } from '../options.ts';
import { clean } from '../output/table.ts';
import { hanging, width } from '../output/width.ts';
import { localTime, tinted } from '../output/words.ts';
import { readerIsGone } from '../platform/closed-pipe.ts';
import { pause, timeLimit } from '../platform/pause.ts';
import { pastMoment } from '../times.ts';
import { pastEvents } from './past-events.ts';

const waitSeconds = 20;
const answerWithinMs = 30_000;
const retryAfterMs = 2_000;

interface Options {
  readonly follow?: boolean;
  readonly pool?: string;
  readonly limit: number;
  readonly severity: EventView['severity'];
  readonly since: Date;
}

/** `serverctl events [--follow]`: what happened, newest last. With `--json` one object a line. */
export function eventsCommand(): Command {
  return new Command('events')
    .description('What happened, newest last; with --json one object a line')
    .option('-f, --follow', 'keep printing new ones until Ctrl+C')
    .option('--pool <pool>', 'only of this pool', named)
    .addOption(new Option('--severity <severity>', 'this one and what is more urgent').choices(severities))
    .option('--since <time>', 'only from then on: 30m, 2h, 7d, 14:30, or 2026-01-31T12:00', pastMoment)
    .option('--limit <number>', 'how many of the newest (default 50; all with --since)', count())
    .addHelpText(
      'after',
      examples([
        ['what needed a person tonight', 'serverctl events --severity warning --since 12h'],
        ['keep looking at one pool', 'serverctl events --pool edge --follow'],
      ]),
    )
    .action(
      action(async (context, { follow, pool, severity, since: from, ...options }: Partial<Options>) => {
        const filter = pool === undefined ? {} : { poolId: pool };
        const fits = atLeast(severity ?? 'info');
        const limit = options.limit ?? (from === undefined ? 50 : Number.POSITIVE_INFINITY);
        const wanted = { pool: filter, limit, sinceMs: from?.getTime() ?? null, fits };
        const { events, next } = await pastEvents(context.client, wanted);
        if (!follow && events.length === 0 && !context.json)
          process.stdout.write('Nothing of that kind happened yet.\n');
        print(context, events);
        if (follow) await followFrom(context, filter, next, fits);
        return null;
      }),
    );
}

/** Prints what comes after `next` until the control plane refuses or nobody reads; a lost one is waited for, and nothing is missed or told twice. */
async function followFrom(
  context: Context,
  filter: Pick<EventQuery, 'poolId'>,
  next: number,
  fits: (event: EventView) => boolean,
): Promise<void> {
  let after = next;
  let lost = false;
  while (!readerIsGone()) {
    const found = await eventsAfter(context, filter, after);
    if (found === 'lost') {
      if (!lost) tell(context, 'lost the control plane; trying again');
      lost = true;
      await pause(retryAfterMs);
      continue;
    }
    if (lost) tell(context, 'the control plane answers again');
    lost = false;
    after = found.next;
    print(context, found.events.filter(fits));
  }
}

/** Whether an event is this urgent or more. */
function atLeast(severity: EventView['severity']): (event: EventView) => boolean {
  return (event) => severities.indexOf(event.severity) >= severities.indexOf(severity);
}

async function eventsAfter(
  { client }: Context,
  filter: Pick<EventQuery, 'poolId'>,
  after: number,
): Promise<EventList | 'lost'> {
  try {
    return await client.events({ ...filter, after, waitSeconds }, { signal: timeLimit(answerWithinMs) });
  } catch (error) {
    if (isAppError(error) && isRefusal[error.category]) throw error;
    return 'lost';
  }
}

/** Asking again would be refused again; everything else may pass. */
const isRefusal: Readonly<Record<ErrorCategory, boolean>> = {
  invalid: true,
  'not-found': true,
  conflict: true,
  unauthenticated: true,
  forbidden: true,
  'rate-limited': false,
  'too-late': false,
  unavailable: false,
  provider: false,
  ambiguous: false,
  internal: false,
};

function tell({ json }: Context, notice: string): void {
  process.stderr.write(`${json ? JSON.stringify({ notice }) : notice}\n`);
}

function print({ config, json }: Context, events: readonly EventView[]): void {
  for (const event of events) process.stdout.write(`${json ? JSON.stringify(event) : line(event, config.colour)}\n`);
}

function line(event: EventView, colour: boolean): string {
  const tone = { info: 'quiet', warning: 'careful', critical: 'bad' } as const;
  const head = `${localTime(event.at)}  ${tinted(event.severity.padEnd(8), tone[event.severity], colour)}  `;
  return head + hanging(clean(event.sentence), width(head));
}
