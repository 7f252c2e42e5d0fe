import type { PoolInput, PoolPatch } from '@serverctl/contract';
import { failbackPolicies, presets } from '@serverctl/core';
import { Command, Option } from 'commander';
import { action } from '../context.ts';
import { seconds, wholeNumber, window } from '../options.ts';
import { poolDetail, poolTable } from '../output/pool.ts';
import { poolPublish } from './pool-publish.ts';
import { poolCut } from './promote.ts';

interface Settings {
  readonly preset?: PoolInput['preset'];
  readonly delay?: number;
  readonly grace?: number;
  readonly failback?: 'manual' | 'automatic' | 'never';
  readonly failbackAfter?: number;
  readonly failbackWindow?: { from: string; to: string } | 'none';
  readonly name?: string;
}

/** `serverctl pool …`: one deployment with its settings. */
export function poolCommand(): Command {
  const pool = new Command('pool').description('Pools: members that share one failover hostname');
  pool.addCommand(
    withSettings(new Command('add').description('Add a pool').argument('<name>')).action(
      action(async ({ client, config }, name: string, options: Settings) => {
        const added = await client.pools.add({ ...settings(options), name });
        return {
          json: added,
          text: `${poolDetail(added, config.colour)}\n\nNext: serverctl member add ${name} HOSTNAME --egress IP --ipv4 IP`,
        };
      }),
    ),
  );
  pool.addCommand(
    new Command('list').description('All pools, one line each').action(
      action(async ({ client, config }) => {
        const { pools } = await client.pools.list();
        return {
          json: pools,
          text: pools.length === 0 ? 'No pool yet. Add one: serverctl pool add NAME' : poolTable(pools, config.colour),
        };
      }),
    ),
  );
  pool.addCommand(
    new Command('show')
      .description('One pool: state, members, names, and why')
      .argument('<pool>')
      .action(
        action(async ({ client, config }, id: string) => {
          const view = await client.pools.get(id);
          return { json: view, text: poolDetail(view, config.colour) };
        }),
      ),
  );
  pool.addCommand(
    withSettings(
      new Command('set').description('Change settings').argument('<pool>').option('--name <name>', 'new name'),
    ).action(
      action(async ({ client, config }, id: string, options: Settings) => {
        const view = await client.pools.set(id, settings(options));
        return { json: view, text: poolDetail(view, config.colour) };
      }),
    ),
  );
  pool.addCommand(poolPublish());
  pool.addCommand(poolCut());
  pool.addCommand(
    new Command('ack')
      .description('Acknowledge a held pool: automatic failover acts again (R11)')
      .argument('<pool>')
      .requiredOption('--reason <text>', 'why, for the audit log')
      .action(
        action(async ({ client, config }, id: string, { reason }: { reason: string }) => {
          const { held } = await client.pools.get(id);
          const view = await client.pools.ack(id, { reason });
          const what = held
            ? 'Acknowledged: automatic failover acts again.'
            : 'Nothing was held; automatic promotions are counted from now on.';
          return { json: view, text: `${what}\n\n${poolDetail(view, config.colour)}` };
        }),
      ),
  );
  return pool;
}

function withSettings(command: Command): Command {
  return command
    .addOption(new Option('--preset <preset>', 'what kind of pool it is').choices(presets))
    .option('--delay <seconds>', 'failover delay, 10–120 (default 30)', seconds)
    .option('--grace <seconds>', 'HAProxy grace, 0–30 (default 1)', seconds)
    .addOption(new Option('--failback <policy>', 'return to the preferred member').choices(failbackPolicies))
    .option('--failback-after <minutes>', 'unbroken health it needs first (default 10)', wholeNumber)
    .option('--failback-window <HH:MM-HH:MM>', 'only in this window of the day, UTC; none clears it', window);
}

/** Only what was named: a patch resets nothing else. */
function settings(options: Settings): PoolPatch & Omit<PoolInput, 'name'> {
  const failback = {
    ...(options.failback === undefined ? {} : { policy: options.failback }),
    ...(options.failbackAfter === undefined ? {} : { afterMinutes: options.failbackAfter }),
    ...(options.failbackWindow === undefined
      ? {}
      : { window: options.failbackWindow === 'none' ? null : options.failbackWindow }),
  };
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.preset === undefined ? {} : { preset: options.preset }),
    ...(options.delay === undefined ? {} : { failoverDelaySeconds: options.delay }),
    ...(options.grace === undefined ? {} : { haproxyGraceSeconds: options.grace }),
    ...(Object.keys(failback).length === 0 ? {} : { failback }),
  };
}

/** `serverctl failover on|off POOL`: the one switch that lets the control plane act by itself. */
export function failoverCommand(): Command {
  const failover = new Command('failover').description('Automatic failover of a pool');
  for (const [word, automaticFailover] of [
    ['on', true],
    ['off', false],
  ] as const) {
    failover.addCommand(
      new Command(word)
        .description(automaticFailover ? 'Let records follow health' : 'Alert only, move nothing')
        .argument('<pool>')
        .option('--confirm-move', 'yes, also when this moves the record at once')
        .action(
          action(async ({ client, config }, id: string, { confirmMove = false }: { confirmMove?: boolean }) => {
            const view = await client.pools.set(id, {
              automaticFailover,
              ...(automaticFailover ? { confirmMove } : {}),
            });
            return {
              json: view,
              text: `Automatic failover of ${view.name} is ${word}.\n\n${poolDetail(view, config.colour)}`,
            };
          }),
        ),
    );
  }
  return failover;
}
