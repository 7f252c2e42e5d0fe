import type { BindingStatus, TestView } from '@serverctl/contract';
import { Command } from 'commander';
import { poolArgument, wideOption, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { bindingTable } from '../output/binding.ts';
import { testText } from '../output/dns-test.ts';
import { confirm } from '../prompt.ts';
import { dnsAdd } from './dns-add.ts';
import { credentialCommand } from './dns-credential.ts';
import { nameArgument } from './dns-name-options.ts';
import { dnsResolvers } from './dns-resolvers.ts';
import { dnsSet } from './dns-set.ts';
import { dnsShow } from './dns-show.ts';
import { type Family, familyOption, meaning, type NameRecords, recordsOf } from './one-binding.ts';

/** `serverctl dns …`: managed names, the credentials that may write them, and the resolvers that are shown beside them. */
export function dnsCommand(): Command {
  return new Command('dns')
    .description('DNS: managed names, credentials, resolvers')
    .addCommand(dnsAdd())
    .addCommand(dnsList())
    .addCommand(dnsShow())
    .addCommand(dnsTest())
    .addCommand(dnsSet())
    .addCommand(dnsRemove())
    .addCommand(credentialCommand())
    .addCommand(dnsResolvers());
}

function dnsList(): Command {
  return new Command('list')
    .description('Managed names of a pool, one line each')
    .addOption(wideOption())
    .addArgument(poolArgument())
    .action(
      action(async ({ client, config }, pool: string, { wide = false }: { wide?: boolean }) => {
        const { bindings } = await client.bindings.list(pool);
        return {
          json: bindings,
          text:
            bindings.length === 0
              ? `No managed name yet. Add one: serverctl dns add ${pool} NAME --zone ZONE --credential NAME`
              : bindingTable(bindings, config.colour, { wide }),
          ...(wide ? { whole: 'all' as const } : {}),
        };
      }),
    );
}

function dnsTest(): Command {
  return new Command('test')
    .description('Try the credential on a managed name: reads, changes nothing')
    .addArgument(poolArgument())
    .argument('[managed-name]', 'the only one of the pool, if not given')
    .addOption(familyOption('only its A (ipv4) or its AAAA (ipv6)'))
    .action(
      action(async ({ client }, pool: string, name: string | undefined, { family }: { family?: Family }) => {
        const records = await recordsOf(client, pool, name, family);
        const tests: TestView[] = [];
        for (const { id } of records) tests.push(await client.bindings.test(pool, id));
        const [first, second] = tests;
        return {
          json: { ...first, ...(second === undefined ? {} : { aaaa: second }) },
          text: tests.map((test) => testText(records[0].name, test)).join('\n\n'),
        };
      }),
    );
}

interface Removal {
  readonly family?: Family;
  readonly yes?: boolean;
}

function dnsRemove(): Command {
  return new Command('remove')
    .description('Release a name: the record stays as it is')
    .addArgument(poolArgument())
    .addArgument(nameArgument('<managed-name>'))
    .addOption(familyOption('only its A (ipv4) or its AAAA (ipv6); the other is managed on'))
    .addOption(yesOption())
    .addHelpText(
      'after',
      examples([
        ['both of its records, if it has two', 'serverctl dns remove edge lb.example.com'],
        ['its AAAA only', 'serverctl dns remove edge lb.example.com --family ipv6'],
      ]),
    )
    .action(
      action(async ({ client, json }, pool: string, name: string, { family, yes = false }: Removal) => {
        const records = await recordsOf(client, pool, name, family);
        const all = await recordsOf(client, pool, records[0].name);
        const stays = all.filter(({ id }) => records.every((one) => one.id !== id));
        const what = whatGoes(records, all);
        await confirm(
          `${what} will no longer follow ${pool}; the record stays as it is, our mark is left beside it.${staysText(stays)} Stop managing it?`,
          { yes, json },
        );
        return {
          json: await client.bindings.remove(pool, meaning(records)),
          text: `${what} is no longer managed.${staysText(stays)}`,
        };
      }),
    );
}

/** The name, and which record where it is one of two. */
function whatGoes(records: NameRecords, all: NameRecords): string {
  const [{ name, type }] = records;
  return records.length === all.length ? name : `The ${type} record of ${name}`;
}

function staysText(stays: readonly BindingStatus[]): string {
  const [other] = stays;
  return other === undefined ? '' : ` Its ${other.type} record is managed on, alone.`;
}
