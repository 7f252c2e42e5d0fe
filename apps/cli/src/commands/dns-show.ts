import type { BindingStatus, SnapshotName, SnapshotPool } from '@serverctl/contract';
import { AppError, isAppError } from '@serverctl/core';
import { Command } from 'commander';
import { poolArgument } from '../arguments.ts';
import { action, type Context, type Outcome } from '../context.ts';
import { type FoundSnapshot, findDnsSnapshot } from '../dns-snapshot.ts';
import { examples } from '../help.ts';
import { bindingDetail } from '../output/binding.ts';
import { manualText, snapshotText } from '../output/dns-snapshot.ts';
import { resolverText } from '../output/resolver.ts';
import { wallClock } from '../platform/pause.ts';
import { unlessForbidden } from '../unless-forbidden.ts';
import { isNamed, meaning, recordsOfEach } from './one-binding.ts';

/** Its own, so that a script can tell an old answer from a new one (0) and from none (6). */
const fromSnapshotStatus = 9;

const whenDown = `
When the control plane or its database does not answer, this prints from the
copy of the records that a control plane keeps on its own host, as
dns-snapshot.json in its data directory: what was last known, and how to move
each record by hand at its provider.

Exit status ${fromSnapshotStatus}: the answer is from that copy; with --json it has
"from": "snapshot". Without a copy that can be read the status is 6.
`;

interface Options {
  readonly manual?: boolean;
}

/** `serverctl dns show`: asks the server, and prints the copy of the records where nobody answers. */
export function dnsShow(): Command {
  return new Command('show')
    .description('Managed names: what each shall answer, what each server answered, what resolvers have')
    .addArgument(poolArgument())
    .argument('[managed-name]', 'all of the pool, if not given')
    .option('--manual', 'also how to move the record by hand; only on the control plane’s host')
    .addHelpText('after', examples([['how would I move it by hand?', 'serverctl dns show edge --manual']]) + whenDown)
    .action(
      action(async (context, pool: string, name: string | undefined, { manual = false }: Options) => {
        try {
          return await fromServer(context, pool, name, manual);
        } catch (error) {
          if (!isSilence(error)) throw error;
          return fromSnapshot(context, error, pool, name);
        }
      }),
    );
}

async function fromServer(
  { client, config }: Context,
  pool: string,
  name: string | undefined,
  manual: boolean,
): Promise<Outcome> {
  const names = await recordsOfEach(client, pool, name);
  const details = await Promise.all(names.map((records) => client.bindings.get(pool, meaning(records))));
  const told = await unlessForbidden(client.credentials.list());
  const nameOf = (credentialId: string) =>
    told?.credentials.find(({ id }) => id === credentialId)?.name ?? credentialId;
  const text = details
    .flatMap(({ records }) => records)
    .flatMap((one) => [
      bindingDetail(pool, one, nameOf(one.credentialId), config.colour),
      ...resolverText(one, config.colour),
    ])
    .join('\n\n');
  if (!manual) return { json: namesOf(details.map(({ records }) => records)), text };
  const found = findDnsSnapshot(config.url);
  const byHand = details.map(({ records }) => records.map((one) => ({ one, ...keptOf(found, one) })));
  const shown = byHand.map((records) =>
    records.map(({ one, writtenAt, kept }) => ({
      ...one,
      manual: { from: 'snapshot', writtenAt, steps: kept.manualSteps },
    })),
  );
  return {
    json: namesOf(shown),
    text: [text, ...byHand.flat().map(({ kept }) => manualText(kept))].join('\n\n'),
    whole: 'all',
  };
}

/** Of one name its own form, of several a list of those. */
function namesOf(names: readonly (readonly object[])[]): object {
  const [first = {}, ...others] = names.map(withAaaa);
  return others.length === 0 ? first : { names: [first, ...others] };
}

/** The name's first record, and its AAAA beside where it has two: the form of a name with one is that of before. */
function withAaaa<Shown extends object>([first, aaaa]: readonly Shown[]): object {
  return { ...first, ...(aaaa === undefined ? {} : { aaaa }) };
}

/** The copy's part of a name that the server told of: ids are made by chance, so that it is of the same control plane. */
function keptOf(found: FoundSnapshot, { id, name }: BindingStatus): { writtenAt: string; kept: SnapshotName } {
  if (found.kind === 'unusable') throw new AppError('dns_snapshot_unusable', { because: found.because });
  const { pools, writtenAt } = found.snapshot;
  const kept = pools.flatMap(({ names }) => names).find((one) => one.id === id);
  if (kept !== undefined) return { writtenAt, kept };
  const because = `${found.file}: ${name} is not in it; it is of another control plane, or the name is newer than ${writtenAt}`;
  throw new AppError('dns_snapshot_unusable', { because });
}

/** Nobody answered who could know; anything else is an answer. A proxy in front says so with 502 and its like. */
function isSilence(error: unknown): error is AppError {
  if (isAppError(error, 'reply_unexpected')) return [502, 503, 504].includes(Number(error.details['status']));
  return isAppError(error, 'control_plane_unreachable') || isAppError(error, 'database_unavailable');
}

function fromSnapshot({ config }: Context, error: AppError, pool: string, name: string | undefined): Outcome {
  const found = findDnsSnapshot(config.url);
  if (found.kind === 'unusable') throw new AppError(error.code, { ...error.details, copy: found.because }, error);
  const { file, snapshot } = found;
  const { writtenAt } = snapshot;
  const kept = poolIn(snapshot.pools, pool, writtenAt);
  const names = namesIn(kept, name);
  const ageMs = Math.max(0, wallClock() - Date.parse(writtenAt));
  process.exitCode = fromSnapshotStatus;
  return {
    json: {
      from: 'snapshot',
      because: { code: error.code, message: error.message, details: error.details },
      file,
      writtenAt,
      ageSeconds: Math.round(ageMs / 1_000),
      pool: { ...kept, names },
    },
    text: snapshotText({ url: config.url, error, file, writtenAt, ageMs }, kept, names, config.colour),
    whole: 'all',
  };
}

function poolIn(pools: readonly SnapshotPool[], ref: string, writtenAt: string): SnapshotPool {
  const byName = (one: SnapshotPool) => one.name.toLowerCase() === ref.toLowerCase();
  const found = pools.find(({ id }) => id === ref) ?? pools.find(byName);
  if (found !== undefined) return found;
  throw new AppError('pool_not_found', {
    pool: ref,
    lookedIn: 'the copy of the records; nobody else answers',
    writtenAt,
  });
}

/** All, unless one is named: who needs this moves every name of the pool. */
function namesIn({ names }: SnapshotPool, name: string | undefined): readonly SnapshotName[] {
  const found = name === undefined ? names : names.filter((one) => isNamed(one, name));
  if (found.length > 0) return found;
  throw new AppError(names.length === 0 ? 'binding_missing' : 'binding_not_found', {
    names: names.map((one) => one.name),
  });
}
