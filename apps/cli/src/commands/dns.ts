import type { BindingAdded } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { action } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { testText } from '../output/dns-test.ts';
import { table } from '../output/table.ts';
import { confirm } from '../prompt.ts';
import { credentialCommand } from './dns-credential.ts';

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
    .addCommand(dnsTest())
    .addCommand(dnsRemove())
    .addCommand(credentialCommand());
}

function dnsAdd(): Command {
  return new Command('add')
    .description('Manage a name; the credential is tried at once by a real read')
    .argument('<pool>')
    .argument('<name>', 'for example lb.example.com')
    .requiredOption('--zone <zone>', 'the zone that holds the name')
    .requiredOption('--credential <credential>', 'id or name')
    .option('--ttl <seconds>', 'added to every failover (default 60)', wholeNumber)
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
    .description('Managed names of a pool')
    .argument('<pool>')
    .action(
      action(async ({ client }, pool: string) => {
        const { bindings } = await client.bindings.list(pool);
        const rows = bindings.map((one) => [
          one.name,
          one.zone,
          one.desiredAddress ?? '-',
          one.state,
          `${one.ttlSeconds} s`,
          one.id,
        ]);
        return {
          json: bindings,
          text:
            rows.length === 0
              ? `No managed name yet. Add one: serverctl dns add ${pool} NAME --zone ZONE --credential NAME`
              : table(['name', 'zone', 'shall answer', 'state', 'TTL', 'id'], rows),
        };
      }),
    );
}

function dnsTest(): Command {
  return new Command('test')
    .description('Try the credential on a managed name: reads, changes nothing')
    .argument('<pool>')
    .argument('[name]')
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
    .argument('<pool>')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .action(
      action(async ({ client, json }, pool: string, name: string, { yes = false }: { yes?: boolean }) => {
        const binding = await oneBinding(client, pool, name);
        await confirm(`Stop managing ${binding.name}? The record stays as it is.`, { yes, json });
        return {
          json: await client.bindings.remove(pool, binding.id),
          text: `${binding.name} is no longer managed.`,
        };
      }),
    );
}

type Client = Parameters<Parameters<typeof action>[0]>[0]['client'];

async function oneBinding(client: Client, pool: string, name: string | undefined) {
  const { bindings } = await client.bindings.list(pool);
  const found =
    name === undefined && bindings.length === 1
      ? bindings[0]
      : bindings.find((one) => one.name === name?.toLowerCase() || one.id === name);
  if (found === undefined)
    throw new AppError(bindings.length === 0 ? 'binding_missing' : 'binding_not_found', {
      names: bindings.map((one) => one.name),
    });
  return found;
}
