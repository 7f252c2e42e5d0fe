import type { EventView } from '@serverctl/contract';
import { Command } from 'commander';
import { action } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { clean } from '../output/table.ts';
import { localTime, tinted } from '../output/words.ts';

/** `serverctl events [--follow]`: what happened, newest last. With `--json` one object a line. */
export function eventsCommand(): Command {
  return new Command('events')
    .description('What happened, newest last')
    .option('-f, --follow', 'keep printing new ones until Ctrl+C')
    .option('--pool <pool>', 'only of this pool')
    .option('--limit <number>', 'how many of the newest (default 50)', wholeNumber, 50)
    .action(
      action(async ({ client, config, json }, options: { follow?: boolean; pool?: string; limit: number }) => {
        const filter = options.pool === undefined ? {} : { poolId: options.pool };
        const print = (event: EventView) =>
          void process.stdout.write(`${json ? JSON.stringify(event) : line(event, config.colour)}\n`);
        let { events, next } = await client.events({ ...filter, limit: options.limit });
        if (!options.follow && events.length === 0 && !json) process.stdout.write('Nothing happened yet.\n');
        for (const event of events) print(event);
        while (options.follow) {
          ({ events, next } = await client.events({ ...filter, after: next, waitSeconds: 20 }));
          for (const event of events) print(event);
        }
        return null;
      }),
    );
}

function line(event: EventView, colour: boolean): string {
  const tone = { info: 'quiet', warning: 'careful', critical: 'bad' } as const;
  return `${localTime(event.at)}  ${tinted(event.severity.padEnd(8), tone[event.severity], colour)}  ${clean(event.sentence)}`;
}
