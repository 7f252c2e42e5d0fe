import type { EventList, EventQuery, EventView } from '@serverctl/contract';
import { type ErrorCategory, isAppError } from '@serverctl/core';
import { Command } from 'commander';
import { action, type Context } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { clean } from '../output/table.ts';
import { hanging, width } from '../output/width.ts';
import { localTime, tinted } from '../output/words.ts';
import { pause, timeLimit } from '../platform/pause.ts';

const waitSeconds = 20;
const answerWithinMs = 30_000;
const retryAfterMs = 2_000;

interface Options {
  readonly follow?: boolean;
  readonly pool?: string;
  readonly limit: number;
}

/** `serverctl events [--follow]`: what happened, newest last. With `--json` one object a line. */
export function eventsCommand(): Command {
  return new Command('events')
    .description('What happened, newest last; with --json one object a line')
    .option('-f, --follow', 'keep printing new ones until Ctrl+C')
    .option('--pool <pool>', 'only of this pool')
    .option('--limit <number>', 'how many of the newest (default 50)', wholeNumber)
    .action(
      action(async (context, { follow, pool, limit = 50 }: Partial<Options>) => {
        const filter = pool === undefined ? {} : { poolId: pool };
        const { events, next } = await context.client.events({ ...filter, limit });
        if (!follow && events.length === 0 && !context.json) process.stdout.write('Nothing happened yet.\n');
        print(context, events);
        if (follow) await followFrom(context, filter, next);
        return null;
      }),
    );
}

/** Prints what comes after `next` until the control plane refuses; a lost one is waited for, and nothing is missed or told twice. */
async function followFrom(context: Context, filter: Pick<EventQuery, 'poolId'>, next: number): Promise<never> {
  let after = next;
  let lost = false;
  for (;;) {
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
    print(context, found.events);
  }
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
