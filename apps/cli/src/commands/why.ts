import { Command, Option } from 'commander';
import { poolArgument } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { whyText } from '../output/why.ts';
import { pastInstant } from '../times.ts';

interface Options {
  readonly at?: string;
  readonly evidence?: boolean;
}

/** `serverctl why POOL [--at TIME]`: which rule fired, on what, why this standby and why not each other one (R14). */
export function whyCommand(): Command {
  return new Command('why')
    .description('Why a pool is judged as it is now, or was at a moment: rules, inputs, who and why')
    .addArgument(poolArgument())
    .addOption(
      new Option('--at <time>', 'a moment of the past: 10m, "2h ago", 14:30, or 2026-01-31T12:00').argParser(
        pastInstant,
      ),
    )
    .option('--evidence', 'also everything that the decision was made from')
    .addHelpText(
      'after',
      examples([
        ['why does it not move?', 'serverctl why edge'],
        ['what decided the promotion of that second?', 'serverctl why edge --at 2026-01-31T03:12:59'],
        ['and of that very moment', 'serverctl why edge --at 2026-01-31T03:12:59.084'],
      ]),
    )
    .action(
      action(async ({ client, config }, pool: string, { at, evidence = false }: Options) => {
        const why = await client.pools.why(pool, at === undefined ? {} : { at });
        return { json: why, text: whyText(why, { asked: at !== undefined, evidence, colour: config.colour }) };
      }),
    );
}
