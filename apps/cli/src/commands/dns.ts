import type { BindingAdded } from '@serverctl/contract';
import { Command } from 'commander';
import { poolArgument, wideOption, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { wholeNumber } from '../options.ts';
import { bindingTable } from '../output/binding.ts';
import { testText } from '../output/dns-test.ts';
import { confirm } from '../prompt.ts';
import { credentialCommand } from './dns-credential.ts';
import { dnsShow } from './dns-show.ts';
import { oneBinding } from './one-binding.ts';

interface NewName {
  readonly zone: string;
  readonly credential: string;
  readonly ttl?: number;
  readonly takeOver?: boolean;
}

/** `serverctl dns …`: managed names and the credentials that may write them. */
export function dnsCommand(): Command {
  return new Command('dns')
    .description('DNS: managed names and credentials')
    .addCommand(dnsAdd())
    .addCommand(dnsList())
    .addCommand(dnsShow())
    .addCommand(dnsTest())
    .addCommand(dnsRemove())
    .addCommand(credentialCommand());
}

function dnsAdd(): Command {
  return new Command('add')
    .description('Manage a name; the credential is tried at once by a real read')
    .addArgument(poolArgument())
    .argument('<name>', 'for example lb.example.com')
    .requiredOption('--zone <zone>', 'the zone that holds the name')
    .requiredOption('--credential <credential>', 'its name or id')
    .option('--ttl <seconds>', 'added to every failover (default 60)', wholeNumber)
    .addHelpText(
      'after',
      examples([
        [
          'a name that clients shall use',
          'serverctl dns add edge lb.example.com --zone example.com \\\n    --credential ns1 --ttl 30',
        ],
      ]),
    )
    .option('--take-over', 'yes, replace a record that is not ours; asked for where the pool has an active member')
    .action(
      action(async ({ client }, pool: string, name: string, options: NewName) => {
        const added = await client.bindings.add(pool, {
          name,
          zone: options.zone,
          credentialId: options.credential,
          ...(options.ttl === undefined ? {} : { ttlSeconds: options.ttl }),
          ...(options.takeOver ? { takeOver: true } : {}),
        });
        return { json: added, text: addedText(pool, added) };
      }),
    );
}

/** A pool with an active member publishes a new name at once; one without waits for the first publish. */
function addedText(pool: string, { binding, test }: BindingAdded): string {
  const address = binding.desiredAddress;
  const [what, next] =
    address === null
      ? ['nothing was written.', `serverctl pool publish ${pool}`]
      : [`the active member’s address ${address} is being published.`, `serverctl watch ${pool}`];
  return `${binding.name} is managed now; ${what}\n\n${testText(binding.name, test)}\n\nNext: ${next}`;
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
    .action(
      action(async ({ client }, pool: string, name?: string) => {
        const binding = await oneBinding(client, pool, name);
        const test = await client.bindings.test(pool, binding.id);
        return { json: test, text: testText(binding.name, test) };
      }),
    );
}

function dnsRemove(): Command {
  return new Command('remove')
    .description('Release a name: the record stays as it is')
    .addArgument(poolArgument())
    .argument('<managed-name>', 'for example lb.example.com')
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, pool: string, name: string, { yes = false }: { yes?: boolean }) => {
        const binding = await oneBinding(client, pool, name);
        await confirm(
          `${binding.name} will no longer follow ${pool}; the record stays as it is, our mark is left beside it. Stop managing it?`,
          { yes, json },
        );
        return {
          json: await client.bindings.remove(pool, binding.id),
          text: `${binding.name} is no longer managed.`,
        };
      }),
    );
}
