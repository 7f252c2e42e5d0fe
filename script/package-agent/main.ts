import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { cacheDirectory } from '../../lab/settings.ts';
import { CommandFailed } from '../../lab/shell.ts';
import { PackageFailure } from './failure.ts';
import type { Manifest } from './manifest.ts';
import { packageAgent } from './package-agent.ts';
import { type Architecture, architectures, isArchitecture } from './targets.ts';

const help = `script/package [--agent x64|arm64 …] [--needed] [--quiet] [--json]
  Builds the dashboard into dist/dashboard when it is missing or older than its
  sources, then the host agent as one file per architecture into dist/agent, with a
  compressed copy for download and manifest.json (version, sizes, SHA-256).
  Only what is missing, or older than its sources, is built.

  --agent NAME   only this architecture; may be given twice. The other one stays
                 as long as it is not older than its sources
  --needed       the architectures that are there already, and at least this
                 machine's
  --quiet        say nothing when all is up to date
  --json         the last line of standard output is the manifest

  The other architecture's runtime is fetched once with npm (about 50 MB) and
  checked against package-lock.json; it stays in SERVERCTL_CACHE_DIR (as root
  /var/cache/serverctl-lab, else ~/.cache/serverctl-lab).
`;

const repository = resolve(import.meta.dirname, '../..');
const directory = join(repository, 'dist/agent');
/** Of levels 1, 6 and 9 the knee: 56.5, 52.8 and 52.6 MB in 3, 6 and 11 s. */
const gzipLevel = 6;

class UsageError extends Error {}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        agent: { type: 'string', multiple: true },
        needed: { type: 'boolean' },
        quiet: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.needed && values.agent) throw new UsageError('Give --agent or --needed, not both.');
    return { ...values, wanted: values.needed ? ('needed' as const) : architecturesOf(values.agent) };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function architecturesOf(names: readonly string[] | undefined): readonly Architecture[] {
  return (names ?? architectures).map((name) => {
    if (!isArchitecture(name))
      throw new UsageError(`There is no agent for ${name}. Architectures: ${architectures.join(' ')}`);
    return name;
  });
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return void process.stdout.write(help);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const { manifest, built } = await packageAgent({
    repository,
    directory,
    cache: join(cacheDirectory(), 'runtimes'),
    wanted: options.wanted,
    gzipLevel,
    say,
    nowMs: () => performance.now(),
  });
  if (built.length === 0 && !options.quiet) say(`dist/agent is up to date: ${listed(manifest)}.`);
  if (options.json) process.stdout.write(`${JSON.stringify(manifest)}\n`);
}

const listed = ({ version, agents }: Manifest) => `agent ${version} for ${Object.keys(agents).join(' and ')}`;

try {
  await main();
} catch (error) {
  const isOurs = error instanceof PackageFailure || error instanceof CommandFailed || error instanceof UsageError;
  if (!isOurs) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
