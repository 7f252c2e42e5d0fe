import type { CredentialSaved } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Command, Option } from 'commander';
import { wideOption, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { hostAndPort } from '../options.ts';
import { testText } from '../output/dns-test.ts';
import { clean, facts, table } from '../output/table.ts';
import { localTime } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { readSecret } from '../secret-file.ts';

interface Settings {
  readonly server?: { host: string; port?: number };
  readonly key?: string;
  readonly algorithm?: string;
  readonly transport?: 'tcp' | 'udp';
  readonly secretFile?: string;
  readonly testZone?: string;
  readonly testName?: string;
  readonly name?: string;
}

/** `serverctl dns credential …`: reusable over pools, secret write-only. */
export function credentialCommand(): Command {
  return new Command('credential')
    .description('DNS credentials: reusable, secrets never shown again')
    .addCommand(credentialAdd())
    .addCommand(credentialList())
    .addCommand(credentialShow())
    .addCommand(credentialSet())
    .addCommand(credentialTest())
    .addCommand(credentialRemove());
}

function credentialAdd(): Command {
  return withSettings(
    new Command('add')
      .description('Add an RFC 2136 credential (TSIG)')
      .argument('<name>', 'what you call it, for example ns1'),
    true,
  )
    .addHelpText(
      'after',
      examples([
        [
          'save it, and try it on the name it is for',
          'serverctl dns credential add ns1 --server ns1.example.com --key serverctl \\\n    --secret-file tsig.secret --test-zone example.com --test-name lb.example.com',
        ],
      ]),
    )
    .action(
      action(async ({ client }, name: string, options: Required<Settings>) => {
        const saved = await client.credentials.add({
          name,
          settings: {
            provider: 'rfc2136',
            ...options.server,
            keyName: options.key,
            secret: readSecret('--secret-file', options.secretFile),
            ...optional(options),
          },
          ...tried(options),
        });
        return {
          json: saved.credential,
          text: savedText(saved, options.testName),
        };
      }),
    );
}

function credentialList(): Command {
  return new Command('list')
    .description('All credentials, one line each')
    .addOption(wideOption())
    .action(
      action(async ({ client }, { wide = false }: { wide?: boolean }) => {
        const { credentials } = await client.credentials.list();
        const rows = credentials.map(({ id, name, settings, usedBy }) => [
          clean(name),
          `${settings.host}:${settings.port}`,
          settings.keyName,
          ...(wide ? [settings.algorithm, settings.transport, id] : []),
          usedText(usedBy, wide),
        ]);
        const head = ['name', 'server', 'key', ...(wide ? ['algorithm', 'transport', 'id'] : []), 'used by'];
        return {
          json: credentials,
          text:
            rows.length === 0
              ? 'No credential yet. Add one: serverctl dns credential add NAME --server HOST --key KEY --secret-file FILE'
              : table(head, rows, [], { wide, last: 24 }),
          ...(wide ? { whole: 'all' as const } : {}),
        };
      }),
    );
}

function credentialSet(): Command {
  return withSettings(
    new Command('set')
      .description('Change a credential; another server needs the secret again')
      .argument('<credential>', 'name or id of the credential'),
    false,
  )
    .option('--name <name>', 'new name of the credential')
    .action(
      action(async ({ client }, id: string, options: Settings) => {
        const saved = await client.credentials.set(id, {
          ...(options.name === undefined ? {} : { name: options.name }),
          settings: {
            ...(options.server ?? {}),
            ...(options.key === undefined ? {} : { keyName: options.key }),
            ...(options.secretFile === undefined ? {} : { secret: readSecret('--secret-file', options.secretFile) }),
            ...optional(options),
          },
          ...tried(options),
        });
        return { json: saved.credential, text: savedText(saved, options.testName) };
      }),
    );
}

function credentialShow(): Command {
  return new Command('show')
    .description('One credential: everything but its secret')
    .argument('<credential>', 'name or id of the credential')
    .action(
      action(async ({ client }, named: string) => {
        const { credentials } = await client.credentials.list();
        const one = credentials.find(({ id, name }) => id === named || name === named);
        if (one === undefined) throw new AppError('credential_not_found', { credential: named });
        const { host, port, transport, keyName, algorithm } = one.settings;
        const text = facts([
          ['credential', `${clean(one.name)} (${one.id}), ${one.provider}`],
          ['server', `${host}:${port}, ${transport}`],
          ['key', `${keyName}, ${algorithm}`],
          ['used by', usedText(one.usedBy, true)],
          ['since', localTime(one.createdAt)],
        ]);
        return { json: one, text };
      }),
    );
}

function usedText(names: readonly string[], all: boolean): string {
  const [first, ...others] = names;
  if (first === undefined) return 'nothing';
  if (all) return names.join(', ');
  return others.length === 0 ? first : `${first} +${others.length}`;
}

function credentialTest(): Command {
  return new Command('test')
    .description('Try a credential on a name: reads, changes nothing')
    .argument('<credential>', 'name or id of the credential')
    .requiredOption('--zone <zone>', 'the zone that holds the name')
    .requiredOption('--name <name>', 'for example lb.example.com')
    .action(
      action(async ({ client }, id: string, { zone, name }: { zone: string; name: string }) => {
        const test = await client.credentials.test(id, { zone, name });
        return { json: test, text: testText(name, test) };
      }),
    );
}

function credentialRemove(): Command {
  return new Command('remove')
    .description('Remove a credential that no name uses')
    .argument('<credential>', 'name or id of the credential')
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, id: string, { yes = false }: { yes?: boolean }) => {
        await confirm(`Its secret is gone with it and must be entered again. Remove credential ${id}?`, { yes, json });
        return { json: await client.credentials.remove(id), text: `Credential ${id} is removed.` };
      }),
    );
}

function withSettings(command: Command, needed: boolean): Command {
  const option = (flags: string, text: string) => new Option(flags, text).makeOptionMandatory(needed);
  return command
    .addOption(option('--server <host[:port]>', 'the zone’s primary name server').argParser(hostAndPort))
    .addOption(option('--key <name>', 'name of the TSIG key'))
    .addOption(option('--secret-file <file>', 'file with the base64 secret, - for standard input'))
    .option('--algorithm <name>', 'hmac-sha256 (default), hmac-sha384 or hmac-sha512')
    .addOption(new Option('--transport <transport>', 'default tcp').choices(['tcp', 'udp']))
    .option('--test-zone <zone>', 'try it on this zone before it is stored')
    .option('--test-name <name>', 'and this name');
}

function optional(options: Settings) {
  return {
    ...(options.algorithm === undefined ? {} : { algorithm: options.algorithm }),
    ...(options.transport === undefined ? {} : { transport: options.transport }),
  };
}

function tried({ testZone, testName }: Settings) {
  if (testZone === undefined && testName === undefined) return {};
  if (testZone !== undefined && testName !== undefined) return { test: { zone: testZone, name: testName } };
  throw new AppError('request_invalid', { because: '--test-zone and --test-name go together' });
}

/** A name as it is typed in a shell. */
function typed(name: string): string {
  return /^[\w.:@%+=-]+$/.test(name) ? name : `'${clean(name).replaceAll("'", "'\\''")}'`;
}

function savedText({ credential, test }: CredentialSaved, tested = ''): string {
  const { name } = credential;
  return test === null
    ? `Credential ${clean(name)} is saved, untested. Try it: serverctl dns credential test ${typed(name)} --zone ZONE --name NAME`
    : `Credential ${clean(name)} is saved.\n\n${testText(tested, test)}`;
}
