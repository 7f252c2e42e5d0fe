import type { BrakesView } from '@serverctl/contract';
import { Command } from 'commander';
import { reasonOption } from '../arguments.ts';
import { action, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { brakesDone, brakesText } from '../output/brakes.ts';

/** `serverctl brakes`: what limits failovers of the whole fleet now, and how a person lifts that (R9, R10). */
export function brakesCommand(): Command {
  const brakes = new Command('brakes').description('The fleet’s brakes: what limits failovers now, and releasing it');
  brakes.addCommand(
    new Command('show')
      .description('What holds now, by zone (also without the word show)')
      .action(action(async ({ client, config }) => shown(await client.brakes.get(), config.colour))),
    { isDefault: true },
  );
  brakes.addCommand(
    new Command('release')
      .description('For 10 minutes every failover passes, however many members are silent')
      .addOption(reasonOption().makeOptionMandatory())
      .addHelpText(
        'after',
        examples([['a data centre is really gone', "serverctl brakes release --reason 'fire in dc2'"]]),
      )
      .action(
        action(async ({ client }, { reason }: { reason: string }) =>
          done('The brakes are released: every failover passes.', await client.brakes.release({ reason })),
        ),
      ),
  );
  brakes.addCommand(
    new Command('restore')
      .description('Put the brakes in force again before the 10 minutes are over')
      .addOption(reasonOption().makeOptionMandatory())
      .action(
        action(async ({ client }, { reason }: { reason: string }) =>
          done('The brakes are in force again.', await client.brakes.restore({ reason })),
        ),
      ),
  );
  return brakes;
}

function done(what: string, view: BrakesView): Outcome {
  return { json: view, text: brakesDone(what, view) };
}

function shown(view: BrakesView, colour: boolean): Outcome {
  return { json: view, text: brakesText(view, colour) };
}
