import type { PoolView } from '@serverctl/contract';
import { movingKinds } from '@serverctl/core';
import { Command } from 'commander';
import { poolArgument } from '../arguments.ts';
import { action, type Context } from '../context.ts';
import { stillHeldBack } from '../output/held-back.ts';
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
            const held = automaticFailover ? await whatHoldsBack(client, view) : null;
            const done = `Automatic failover of ${view.name} is ${word}.`;
            return { json: view, text: poolDone(held === null ? done : `${done}\n${held}`, view) };
          }),
        ),
    );
  }
  return failover;
}

/** Beside what a person ends, the brakes: a pool whose active member is in trouble moves when they let it (R9, R10). */
async function whatHoldsBack(client: Context['client'], view: PoolView): Promise<string | null> {
  const stored = stillHeldBack(view);
  const active = view.status.members.find(({ id }) => id === view.activeMemberId);
  if (stored !== null || active === undefined || !movingKinds.has(active.health)) return stored;
  // It is switched on already: brakes that cannot be read must not look like a refusal.
  const brakes = await client.brakes.get().catch(() => null);
  if (brakes === null || brakes.released !== null) return null;
  return brakes.massSilence.holds || brakes.velocity.holds
    ? 'The record may wait for the brakes, and moves when they let it: serverctl brakes'
    : null;
}
