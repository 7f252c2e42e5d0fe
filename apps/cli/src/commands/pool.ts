import type { PoolInput, PoolPatch } from '@serverctl/contract';
import { failbackPolicies, type Ipv6Policy, ipv6Policies, presets } from '@serverctl/core';
import { Command, Option } from 'commander';
import { named, poolArgument, reasonOption, wideOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { onOrOff, seconds, wholeNumber, window } from '../options.ts';
import { stillHeldBack } from '../output/held-back.ts';
import { poolDetail, poolDone, poolTable } from '../output/pool.ts';
import { poolMaintenance } from './maintenance.ts';
import { poolAdopt, poolPause, poolRepair, poolResume } from './pool-pause.ts';
import { poolPublish } from './pool-publish.ts';
import { poolCut } from './promote.ts';

interface Settings {
  readonly preset?: PoolInput['preset'];
  readonly delay?: number;
  readonly grace?: number;
  readonly failback?: 'manual' | 'automatic' | 'never';
  readonly failbackAfter?: number;
  readonly failbackWindow?: { from: string; to: string } | 'none';
  readonly ipv6?: Ipv6Policy;
  readonly dynamicDns?: boolean;
  readonly name?: string;
}

/** `serverctl pool …`: one deployment with its settings. */
export function poolCommand(): Command {
  const pool = new Command('pool').description('Pools: members that share one failover hostname');
  pool.addCommand(
    withSettings(
      new Command('add')
        .description('Add a pool; nothing moves by itself before failover on')
        .argument('<name>', 'letters, digits, dots, hyphens and underscores', named)
        .addHelpText(
          'after',
          examples([['hosts whose HAProxy counts as health', 'serverctl pool add edge --delay 20']]),
        ),
    ).action(
      action(async ({ client }, name: string, options: Settings) => {
        const added = await client.pools.add({ ...settings(options), name });
        return {
          json: added,
          text: `${poolDone(`Pool ${added.name} is added.`, added)}\n\nNext: serverctl member add ${name} HOSTNAME --egress IP --ipv4 IP`,
        };
      }),
    ),
  );
  pool.addCommand(
    new Command('list')
      .description('All pools, one line each')
      .addOption(wideOption())
      .action(
        action(async ({ client, config }, { wide = false }: { wide?: boolean }) => {
          const { pools } = await client.pools.list();
          return {
            json: pools,
            text:
              pools.length === 0
                ? 'No pool yet. Add one: serverctl pool add NAME'
                : poolTable(pools, config.colour, { wide }),
            ...(wide ? { whole: 'all' as const } : {}),
          };
        }),
      ),
  );
  pool.addCommand(
    new Command('show')
      .description('One pool: state, members, names, and why')
      .addArgument(poolArgument())
      .action(
        action(async ({ client, config }, id: string) => {
          const view = await client.pools.get(id);
          return { json: view, text: poolDetail(view, config.colour) };
        }),
      ),
  );
  pool.addCommand(
    withSettings(
      new Command('set')
        .description('Change settings: only what is named')
        .addArgument(poolArgument())
        .option('--name <name>', 'new name of the pool'),
    ).action(
      action(async ({ client }, id: string, options: Settings) => {
        const view = await client.pools.set(id, settings(options));
        return { json: view, text: poolDone(`These are the settings of ${view.name} now.`, view) };
      }),
    ),
  );
  const others = [poolPublish(), poolCut(), poolAck(), poolMaintenance()];
  for (const one of [...others, poolPause(), poolResume(), poolAdopt(), poolRepair()]) pool.addCommand(one);
  return pool;
}

function poolAck(): Command {
  return new Command('ack')
    .description('Acknowledge a held pool: automatic failover acts again (R11)')
    .addArgument(poolArgument())
    .addOption(reasonOption().makeOptionMandatory())
    .action(
      action(async ({ client }, id: string, { reason }: { reason: string }) => {
        const { held } = await client.pools.get(id);
        const view = await client.pools.ack(id, { reason });
        const what = held
          ? acknowledged(stillHeldBack(view))
          : 'Nothing was held; automatic promotions are counted from now on.';
        return { json: view, text: poolDone(what, view) };
      }),
    );
}

function acknowledged(heldBack: string | null): string {
  return heldBack === null ? 'Acknowledged: automatic failover acts again.' : `Acknowledged.\n${heldBack}`;
}

const ipv6Words =
  'an AAAA beside an A, and the next member has no IPv6: drop (default) lets the AAAA go, require keeps that member from becoming active';

function withSettings(command: Command): Command {
  return command
    .addOption(new Option('--preset <preset>', 'what kind of pool it is').choices(presets))
    .option('--delay <seconds>', 'failover delay, 10–120 (default 30)', seconds)
    .option('--grace <seconds>', 'HAProxy grace, 0–30 (default 1)', seconds)
    .addOption(new Option('--failback <policy>', 'return to the preferred member').choices(failbackPolicies))
    .option('--failback-after <minutes>', 'unbroken health it needs first (default 10)', wholeNumber)
    .option('--failback-window <HH:MM-HH:MM>', 'only in this window of the day, UTC; none clears it', window)
    .addOption(new Option('--ipv6 <policy>', ipv6Words).choices(ipv6Policies))
    .option('--dynamic-dns <on|off>', 'records follow the active member’s public address (default off)', onOrOff);
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
    ...(options.ipv6 === undefined ? {} : { ipv6: options.ipv6 }),
    ...(options.dynamicDns === undefined ? {} : { dynamicDns: options.dynamicDns }),
  };
}
