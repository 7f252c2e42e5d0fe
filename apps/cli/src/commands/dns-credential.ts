import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { wideOption, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { credentialTable, credentialText, savedText } from '../output/dns-credential.ts';
import { testText } from '../output/dns-test.ts';
import { confirm } from '../prompt.ts';
import { certificateCommand } from './dns-credential-certificate.ts';
import { type ProviderOptions, requireChange } from './dns-credential-kinds.ts';
import { changedSettings, newSettings, triedOn, withProviderOptions } from './dns-credential-options.ts';
import { type Family, familyOption, typeOfFamily } from './one-binding.ts';

/** `serverctl dns credential …`: reusable over pools, secret write-only. */
export function credentialCommand(): Command {
  return new Command('credential')
    .description('DNS credentials: reusable, secrets never shown again')
    .addCommand(credentialAdd())
    .addCommand(credentialList())
    .addCommand(credentialShow())
    .addCommand(credentialSet())
    .addCommand(credentialTest())
    .addCommand(certificateCommand())
    .addCommand(credentialRemove());
}

function credentialAdd(): Command {
  const command = new Command('add')
    .description('Add a credential: a name server’s TSIG key (rfc2136), or an API token of Cloudflare, cPanel or WHM')
    .argument('<name>', 'what you call it, for example ns1');
  return withProviderOptions(command, true)
    .addHelpText(
      'after',
      examples([
        [
          'a name server of your own; save it, and try it on the name it is for',
          'serverctl dns credential add ns1 --server ns1.example.com --key serverctl \\\n    --secret-file tsig.secret --test-zone example.com --test-name lb.example.com',
        ],
        [
          'Cloudflare; with the zone’s id the token needs no Zone Read',
          'serverctl dns credential add cf --provider cloudflare \\\n    --provider-token-file cf.token \\\n    --zone-id example.com=0123456789abcdef0123456789abcdef \\\n    --test-zone example.com --test-name lb.example.com',
        ],
        [
          'cPanel; the fingerprint comes from serverctl dns credential certificate',
          'serverctl dns credential add panel --provider cpanel \\\n    --server panel.example.com --user owner --provider-token-file cp.token \\\n    --pin SHA256 --test-zone example.com --test-name lb.example.com',
        ],
        [
          'WHM, whose certificate a CA of your own has signed',
          'serverctl dns credential add whm --provider whm --server 192.0.2.10 \\\n    --server-name server.example.com --provider-ca-file ca.pem \\\n    --provider-token-file whm.token',
        ],
      ]),
    )
    .action(
      action(async ({ client }, name: string, options: ProviderOptions) => {
        const test = triedOn(options);
        const saved = await client.credentials.add({ name, settings: newSettings(options), ...test });
        return { json: saved.credential, text: savedText(saved, options.testName) };
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
        return {
          json: credentials,
          text: credentialTable(credentials, wide),
          ...(wide ? { whole: 'all' as const } : {}),
        };
      }),
    );
}

interface Changes extends ProviderOptions {
  readonly name?: string;
  readonly untested?: boolean;
}

function credentialSet(): Command {
  const command = new Command('set')
    .description(
      'Change a credential: only what is named, tried first where managed names use it; where the secret goes or who is believed to be its server needs the secret again',
    )
    .argument('<credential>', 'name or id of the credential');
  return withProviderOptions(command, false)
    .option('--name <name>', 'new name of the credential')
    .option('--untested', 'store it without trying it first where managed names use it')
    .addHelpText(
      'after',
      examples([
        ['a new API token', 'serverctl dns credential set cf --provider-token-file cf.token'],
        ['an id that is no longer needed', 'serverctl dns credential set cf --zone-id example.com=none'],
        [
          'a panel’s new certificate: it needs the token again',
          'serverctl dns credential set panel --pin SHA256 \\\n    --provider-token-file cp.token',
        ],
      ]),
    )
    .action(
      action(async ({ client }, id: string, options: Changes) => {
        requireChange(options);
        const saved = await client.credentials.set(id, {
          ...(options.name === undefined ? {} : { name: options.name }),
          settings: changedSettings(options),
          ...triedOn(options),
          ...(options.untested ? { untested: true } : {}),
        });
        return { json: saved.credential, text: savedText(saved, options.testName) };
      }),
    );
}

function credentialShow(): Command {
  return new Command('show')
    .description('One credential: everything but its secret; its provider’s limit, and how far that goes')
    .argument('<credential>', 'name or id of the credential')
    .action(
      action(async ({ client }, named: string) => {
        const { credentials } = await client.credentials.list();
        const one = credentials.find(({ id, name }) => id === named || name === named);
        if (one === undefined) throw new AppError('credential_not_found', { credential: named });
        return { json: one, text: credentialText(one) };
      }),
    );
}

interface Trial {
  readonly zone: string;
  readonly name: string;
  readonly family?: Family;
}

function credentialTest(): Command {
  return new Command('test')
    .description('Try a credential on a name: reads, changes nothing')
    .argument('<credential>', 'name or id of the credential')
    .requiredOption('--zone <zone>', 'the zone that holds the name')
    .requiredOption('--name <name>', 'for example lb.example.com')
    .addOption(familyOption('its A (ipv4, the default) or its AAAA (ipv6)'))
    .action(
      action(async ({ client }, id: string, { zone, name, family }: Trial) => {
        const type = family === undefined ? {} : { type: typeOfFamily[family] };
        const test = await client.credentials.test(id, { zone, name, ...type });
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
