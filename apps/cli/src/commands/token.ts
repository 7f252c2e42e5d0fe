import { neverByToken, type Permission, permissions } from '@serverctl/core';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { named, wideOption, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { count, list } from '../options.ts';
import { poolNames, scopeText, tokenTable } from '../output/account.ts';
import { clean, facts } from '../output/table.ts';
import { localTime } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { outputOption, shownOnce } from '../shown-once.ts';

interface Options {
  readonly permission: readonly Permission[];
  readonly pool?: readonly string[];
  readonly days?: number;
  readonly output?: string;
}

/** Those that the control plane refuses to every token are not offered. */
const allowed = permissions.filter((one) => !neverByToken.has(one));

/** `serverctl token …`: access for programs, narrowed and with an end. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('API tokens: access for programs, narrowed, with an end')
    .addCommand(tokenCreate())
    .addCommand(tokenList())
    .addCommand(tokenRevoke());
}

function tokenCreate(): Command {
  return new Command('create')
    .description('Make an API token; its secret is shown once')
    .argument('<name>', 'what it is for, as the audit log will name it', named)
    .addOption(
      new Option('--permission <permission>', 'what it may, comma-separated or repeated')
        .choices(allowed)
        .argParser(permitted)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--pool <pool>', 'only in these pools, comma-separated or repeated').argParser(list))
    .option('--days <number>', 'how long it works (default 90)', count(366))
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples([
        ['for Prometheus', 'serverctl token create prometheus --permission metrics:read --output token'],
        [
          'cuts one pool from a pipeline',
          'serverctl token create deploy --permission pool:read,promotion:write \\\n    --pool edge --days 30',
        ],
      ]),
    )
    .action(
      action(async ({ client }, name: string, { permission, pool, days, output }: Options) =>
        shownOnce({
          output,
          make: async () => {
            const input = { name, permissions: [...permission], ...(pool === undefined ? {} : { pools: [...pool] }) };
            const names = await poolNames(client, pool ?? []); // before: once the secret is there nothing may fail
            return { names, made: await client.tokens.add({ ...input, ...(days === undefined ? {} : { days }) }) };
          },
          secrets: ({ made }) => [made.secret],
          outcome: ({ made, names }, file) => {
            const about = facts([
              ['token', `${clean(made.token.name)} (${made.token.id}) of ${clean(made.token.owner)}`],
              ['allowed', scopeText(made.token, names)],
              ['until', localTime(made.token.expiresAt)],
              ...(file === null ? [] : [['secret', `in ${file}; use it by --token-file`] as const]),
            ]);
            if (file !== null) return { json: { ...made, secret: null, output: file }, text: about };
            const secret = clean(made.secret);
            return {
              json: made,
              text: `${about}\n\nIts secret, shown this once:\n\n  ${secret}`,
              whole: { line: secret },
            };
          },
        }),
      ),
    );
}

function permitted(text: string, earlier: readonly Permission[] = []): readonly Permission[] {
  const asked = list(text);
  const unknown = asked.filter((one) => !isPermission(one));
  if (unknown.length > 0) throw new InvalidArgumentError(`Allowed choices are ${allowed.join(', ')}.`);
  return [...new Set([...earlier, ...asked.filter(isPermission)])];
}

function isPermission(text: string): text is Permission {
  return allowed.some((one) => one === text);
}

function tokenList(): Command {
  return new Command('list')
    .description('API tokens: whose, until when, last use')
    .addOption(wideOption())
    .action(
      action(async ({ client }, { wide = false }: { wide?: boolean }) => {
        const { tokens } = await client.tokens.list();
        const names = await poolNames(
          client,
          tokens.flatMap(({ poolIds }) => poolIds ?? []),
        );
        const none = 'No API token. Make one: serverctl token create NAME --permission PERMISSION';
        return {
          json: tokens,
          text: tokens.length === 0 ? none : tokenTable(tokens, names, { wide }),
          ...(wide ? { whole: 'all' as const } : {}),
        };
      }),
    );
}

function tokenRevoke(): Command {
  return new Command('revoke')
    .description('End an API token at once')
    .addArgument(new Argument('<token>', 'id of the token, from the list').argParser(named))
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, id: string, { yes = false }: { yes?: boolean }) => {
        await confirm(`Whatever uses token ${clean(id)} is refused from now on. Revoke it?`, { yes, json });
        return { json: await client.tokens.revoke(id), text: `Token ${clean(id)} is revoked.` };
      }),
    );
}
