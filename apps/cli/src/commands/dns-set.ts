import type { BindingChanged, BindingPatch, BindingStatus } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { poolArgument } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { testText } from '../output/dns-test.ts';
import { nameArgument, proxiedOption, ttlOption, wishOf } from './dns-name-options.ts';
import { type Family, familyOption, meaning, recordsOf } from './one-binding.ts';

interface Changes {
  readonly ttl?: number;
  readonly proxied?: boolean | 'keep';
  readonly credential?: string;
  readonly family?: Family;
}

const nothingNamed = 'name what shall change: --ttl, --proxied or --credential. To try it only: serverctl dns test';

/** `serverctl dns set`: another TTL, proxied or credential. */
export function dnsSet(): Command {
  return new Command('set')
    .description('Change a managed name: only what is named, tried before it is stored')
    .addArgument(poolArgument())
    .addArgument(nameArgument('<managed-name>'))
    .addOption(ttlOption())
    .addOption(proxiedOption('keep: as it is there; left out: as wished before'))
    .option('--credential <credential>', 'another one for the same zone, by name or id')
    .addOption(familyOption('only its A (ipv4) or its AAAA (ipv6)'))
    .addHelpText(
      'after',
      examples([
        ['clients shall follow sooner', 'serverctl dns set edge lb.example.com --ttl 30'],
        ['the provider’s edge shall answer', 'serverctl dns set edge lb.example.com --proxied on'],
      ]),
    )
    .action(
      action(async ({ client }, pool: string, name: string, options: Changes) => {
        const patch = patchOf(options);
        if (Object.keys(patch).length === 0) throw new AppError('request_invalid', { because: nothingNamed });
        const records = await recordsOf(client, pool, name, options.family);
        const changed = await client.bindings.set(pool, meaning(records), patch);
        return { json: changed, text: changedText(records[0], changed) };
      }),
    );
}

/** Only what was named: a patch resets nothing else. */
function patchOf({ credential, ...wish }: Changes): BindingPatch {
  return { ...wishOf(wish), ...(credential === undefined ? {} : { credentialId: credential }) };
}

function changedText({ name }: BindingStatus, { records }: BindingChanged): string {
  const [first] = records;
  const tests = records.map(({ binding, test }) => testText(binding.name, test));
  return [`These are the settings of ${name} now.`, first?.binding.ttlSentence ?? '', ...tests].join('\n\n');
}
