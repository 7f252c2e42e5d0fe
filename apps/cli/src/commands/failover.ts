import { Command } from 'commander';
import { poolArgument } from '../arguments.ts';
import { action } from '../context.ts';
import { poolDone } from '../output/pool.ts';

/** `serverctl failover on|off POOL`: the one switch that lets the control plane act by itself. */
export function failoverCommand(): Command {
  const failover = new Command('failover').description('Automatic failover of a pool: on or off');
  for (const [word, automaticFailover] of [
    ['on', true],
    ['off', false],
  ] as const) {
    failover.addCommand(
      new Command(word)
        .description(automaticFailover ? 'Let records follow health' : 'Alert only, move nothing')
        .addArgument(poolArgument())
        .option('--confirm-move', 'yes, also when this moves the record at once')
        .action(
          action(async ({ client }, id: string, { confirmMove = false }: { confirmMove?: boolean }) => {
            const view = await client.pools.set(id, {
              automaticFailover,
              ...(automaticFailover ? { confirmMove } : {}),
            });
            return { json: view, text: poolDone(`Automatic failover of ${view.name} is ${word}.`, view) };
          }),
        ),
    );
  }
  return failover;
}
