import type { Client, GrantsInput, GrantView, UserView } from '@serverctl/contract';
import { AppError, type Role, roles } from '@serverctl/core';
import { Command, Option } from 'commander';
import { userArgument, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { list } from '../options.ts';
import { grantsText, type PoolNames } from '../output/account.ts';
import { clean } from '../output/table.ts';
import { confirm } from '../prompt.ts';

/** A role, and the pools it is for; without pools everywhere. */
export interface Place {
  readonly role: Role;
  readonly pool?: readonly string[];
}

const poolOption = (about: string) => new Option('--pool <pool>', about).argParser(list);

export function withPlace(command: Command): Command {
  return command
    .addOption(new Option('--role <role>', 'what they may').choices(roles).makeOptionMandatory())
    .addOption(poolOption('only in these pools, comma-separated or repeated; else everywhere'));
}

export function grantsIn({ role, pool }: Place): GrantsInput['grants'] {
  return pool === undefined ? [{ role, pool: null }] : pool.map((one) => ({ role, pool: one }));
}

/** `serverctl user grant USER --role ROLE [--pool POOL …]`: the other roles stay as they are. */
export function userGrant(): Command {
  return withPlace(
    new Command('grant').description('Give a role; one in the same place is replaced').addArgument(userArgument()),
  )
    .addOption(yesOption())
    .addHelpText(
      'after',
      examples([['operator of one pool', 'serverctl user grant ann@example.com --role operator --pool edge']]),
    )
    .action(
      action(async ({ client, json }, id: string, { yes = false, ...place }: Place & { yes?: boolean }) => {
        const { user, ids, names } = await known(client, id);
        const given = grantsIn(place).map(({ role, pool }) => ({ role, poolId: pool === null ? null : ids(pool) }));
        const kept = user.grants.filter(({ poolId }) => given.every((one) => one.poolId !== poolId));
        const next = [...kept, ...given];
        if (takesAway(user, given)) await confirm(change(user, next, names), { yes, json });
        const changed = await client.users.grant(id, { grants: next.map(asInput), expect: user.grants });
        return { json: changed, text: rolesNow(changed, names) };
      }),
    );
}

/** `serverctl user revoke USER [--pool POOL …]`: takes the role there. */
export function userRevoke(): Command {
  return new Command('revoke')
    .description('Take a role away: in the pools named, else the one everywhere')
    .addArgument(userArgument())
    .addOption(poolOption('the role in these pools, comma-separated or repeated'))
    .addOption(yesOption())
    .action(
      action(
        async ({ client, json }, id: string, { pool, yes = false }: { pool?: readonly string[]; yes?: boolean }) => {
          const { user, ids, names } = await known(client, id);
          const places: readonly (string | null)[] = pool?.map(ids) ?? [null];
          const kept = user.grants.filter(({ poolId }) => !places.includes(poolId));
          if (kept.length === user.grants.length) throw nothingThere(user, names);
          await confirm(change(user, kept, names), { yes, json });
          const changed = await client.users.grant(id, { grants: kept.map(asInput), expect: user.grants });
          return { json: changed, text: rolesNow(changed, names) };
        },
      ),
    );
}

/** The user, and every pool under both its names, so that a role in the same place is found. An unknown pool is the control plane's to refuse. */
async function known(client: Client, userId: string) {
  const [user, { pools }] = await Promise.all([client.users.get(userId), client.pools.list()]);
  return {
    user,
    ids: (pool: string) => pools.find(({ id, name }) => id === pool || name === pool)?.id ?? pool,
    names: (poolId: string) => clean(pools.find(({ id }) => id === poolId)?.name ?? poolId),
  };
}

/** Whether a role gives way to one that may less: who gives one may not know of the other. */
function takesAway({ grants }: UserView, given: readonly GrantView[]): boolean {
  const isLess = (one: GrantView, than: GrantView) => roles.indexOf(one.role) < roles.indexOf(than.role);
  return grants.some((had) => given.some((one) => one.poolId === had.poolId && isLess(one, had)));
}

function change(user: UserView, next: readonly GrantView[], names: PoolNames): string {
  return `${clean(user.email)} has: ${grantsText(user.grants, names)}. It will be: ${grantsText(next, names)}. Go on?`;
}

function asInput({ role, poolId }: GrantView): GrantsInput['grants'][number] {
  return { role, pool: poolId };
}

function nothingThere(user: UserView, names: PoolNames): AppError {
  const because = `${clean(user.email)} has no role there, but: ${grantsText(user.grants, names)}`;
  return new AppError('request_invalid', { because });
}

function rolesNow(user: UserView, names: PoolNames): string {
  return `The roles of ${clean(user.email)} now: ${grantsText(user.grants, names)}.`;
}
