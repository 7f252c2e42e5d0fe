import type { BindingAdded, BindingInput } from '@serverctl/contract';
import { type AppError, isAppError, type RecordType } from '@serverctl/core';
import { Command, Option } from 'commander';
import { poolArgument, yesOption } from '../arguments.ts';
import { action, type Context } from '../context.ts';
import { examples } from '../help.ts';
import { testText } from '../output/dns-test.ts';
import { clean } from '../output/table.ts';
import { confirm } from '../prompt.ts';
import { unlessForbidden } from '../unless-forbidden.ts';
import { nameArgument, proxiedOption, ttlOption, wishOf } from './dns-name-options.ts';

interface NewName {
  readonly zone: string;
  readonly credential: string;
  readonly families?: 'ipv4' | 'ipv6' | 'both';
  readonly ipv6?: boolean;
  readonly ttl?: number;
  readonly proxied?: boolean | 'keep';
  readonly takeOver?: boolean;
  readonly yes?: boolean;
}

/** `serverctl dns add`: tries a name, and stores it. */
export function dnsAdd(): Command {
  return new Command('add')
    .description('Manage a name; the credential is tried at once by a real read')
    .addArgument(poolArgument())
    .addArgument(nameArgument('<name>'))
    .requiredOption('--zone <zone>', 'the zone that holds the name')
    .requiredOption('--credential <credential>', 'its name or id')
    .addOption(
      new Option('--families <families>', 'addresses that it answers with (default ipv4)').choices([
        'ipv4',
        'ipv6',
        'both',
      ]),
    )
    .addOption(new Option('--ipv6', 'an AAAA beside the A: the same as --families both').conflicts('families'))
    .addOption(ttlOption('default 60'))
    .addOption(proxiedOption('default keep: as it is there, a new record is not'))
    .addHelpText(
      'after',
      examples([
        [
          'a name that clients shall use',
          'serverctl dns add edge lb.example.com --zone example.com \\\n    --credential ns1 --ttl 30',
        ],
        [
          'with IPv4 and IPv6, at a provider with a proxy, not proxied',
          'serverctl dns add edge lb.example.com --zone example.com \\\n    --credential cloudflare --ipv6 --proxied off',
        ],
      ]),
    )
    .option(
      '--take-over',
      'replace a record that is not ours, after a question; needed where the pool has an active member',
    )
    .addOption(yesOption())
    .action(
      action(async (context, pool: string, name: string, options: NewName) => {
        const wish = inputOf(name, options);
        const added = await context.client.bindings.add(pool, wish).catch(async (refused: unknown) => {
          if (!options.takeOver) throw refused;
          const shown = await confirmTakeOver(context, refused, options.yes ?? false);
          return context.client.bindings.add(pool, { ...wish, takeOver: true, ...shown });
        });
        return { json: added, text: await addedText(context, pool, added) };
      }),
    );
}

/** Only what was named: the defaults are the server's. */
function inputOf(name: string, { zone, credential, families, ipv6, ...wish }: NewName): BindingInput {
  const chosen = ipv6 ? 'both' : families;
  return {
    name,
    zone,
    credentialId: credential,
    ...(chosen === undefined ? {} : { families: chosen }),
    ...wishOf(wish),
  };
}

type ShownMarks = Pick<BindingInput, 'expectMark' | 'expectMarkAaaa'>;

/** Shows what stands there, as the refusal says it, and asks. Returns the marks that were shown: the yes is for those (R21). */
async function confirmTakeOver({ json, say }: Context, refused: unknown, yes: boolean): Promise<ShownMarks> {
  if (!isAppError(refused, 'dns_foreign_mark') && !isAppError(refused, 'record_not_ours')) throw refused;
  const shown = standsThere(refused).map(clean);
  for (const line of shown) say(line);
  await confirm('Write the active member’s address over it?', { yes, json, shown });
  const { mark, markAaaa } = refused.details;
  return { expectMark: textOf(mark), ...(markAaaa === undefined ? {} : { expectMarkAaaa: textOf(markAaaa) }) };
}

/** One line for each record. Throws the refusal itself where it says none: what nobody was shown nobody can say yes to. */
function standsThere(refused: AppError): readonly string[] {
  const { stands } = refused.details;
  if (!Array.isArray(stands) || stands.length === 0) throw refused;
  return stands.map(String);
}

function textOf(mark: unknown): string | null {
  return typeof mark === 'string' ? mark : null;
}

/** A pool with an active member publishes a new name at once; one without waits for the first publish. */
async function addedText(context: Context, pool: string, { binding, test, aaaa }: BindingAdded): Promise<string> {
  const records = [{ binding, test }, ...(aaaa === null ? [] : [aaaa])];
  const addresses = records.map((one) => one.binding.desiredAddress).filter((address) => address !== null);
  const without = records.flatMap(({ binding: { type, desiredAddress } }) => (desiredAddress === null ? [type] : []));
  const lacking = without.length === 0 ? [] : await lackingText(context, pool, without);
  const [what, next] =
    addresses.length === 0
      ? ['nothing was written.', `serverctl pool publish ${pool}`]
      : [publishedText(addresses), `serverctl watch ${pool}`];
  const tests = records.map((one) => testText(one.binding.name, one.test));
  const said = [`${binding.name} is managed now; ${what}`, ...lacking, binding.ttlSentence, ...tests];
  return [...said, ...(addresses.length === 0 && lacking.length > 0 ? [] : [`Next: ${next}`])].join('\n\n');
}

function publishedText(addresses: readonly string[]): string {
  return addresses.length === 1
    ? `the active member’s address ${addresses[0]} is being published.`
    : `the active member’s addresses ${addresses.join(' and ')} are being published.`;
}

/**
 * Why these records wait, and what to do: the active member has no address of their family, or had none when it was promoted, which fixes
 * what the records hold. Nothing where no member is active, or who asks may not know.
 */
async function lackingText({ client }: Context, pool: string, types: readonly RecordType[]): Promise<string[]> {
  const view = await unlessForbidden(client.pools.get(pool));
  const active = view?.status.members.find(({ id }) => id === view.activeMemberId);
  if (active === undefined) return [];
  const { hostname, address, address6 } = active;
  return types.map((type) => {
    const [family, option, known] = type === 'AAAA' ? ['IPv6', '--ipv6', address6] : ['IPv4', '--ipv4', address];
    const why = known === null ? `has no public ${family} address` : `was promoted without its ${family} address`;
    const next = `serverctl member set ${pool} ${hostname} ${option} ${known ?? 'ADDRESS'}`;
    return `Its ${type} waits: ${clean(hostname)}, the active member, ${why}.\nNext: ${clean(next)}`;
  });
}
