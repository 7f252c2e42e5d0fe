import { parseArgs } from 'node:util';

export const help = `script/sim [--seeds N] [--from S] [--minutes M] [--jobs J] [--json]
script/sim --seed S [--minutes M] [--trace]
script/sim --mutants [--only NAME] [--seeds N] [--from S] [--minutes M] [--jobs J] [--json]
  Runs the real failover loop, publisher, lease and agent in simulated worlds with
  faults, and asserts RELIABILITY.md section 6 after every event.
    --seeds N    so many worlds, default 200; one in ten lasts 2 h, the others 15 min
    --from S     the first seed, default 1
    --minutes M  every world lasts so long instead
    --seed S     one world: prints the digest of its trace, twice the same
    --trace      with --seed: the trace itself on standard output
    --mutants    puts each deliberate bug into the product and looks for a seed that
                 finds it; --seeds is how many each may take, default 150
    --only NAME  this mutant alone
    --jobs J     processes, default one for each core
    --json       progress on standard error, one JSON object as the last line of
                 standard output
  Exit status 0 only when no invariant was violated and, from 200 seeds on,
  everything was seen that must be seen; with --mutants when each was found.
`;

export interface Options {
  readonly json: boolean;
  readonly mutants: boolean;
  readonly trace: boolean;
  readonly seeds: number;
  readonly from: number;
  /** One world. */
  readonly seed: number | null;
  readonly minutes: number | null;
  readonly only: string | null;
  readonly jobs: number;
}

const seedsOfRun = 200;
const seedsOfMutant = 150;
const lastSeed = 2 ** 31;

/** Null when help was asked for. Throws with words for what cannot be meant. */
export function readOptions(args: readonly string[], cores: number): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string' },
      jobs: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  refuseNonsense(values);
  return {
    json: values.json,
    mutants: values.mutants,
    trace: values.trace,
    seeds: wholeNumber('--seeds', values.seeds, 100_000) ?? (values.mutants ? seedsOfMutant : seedsOfRun),
    from: wholeNumber('--from', values.from, lastSeed) ?? 1,
    seed: wholeNumber('--seed', values.seed, lastSeed),
    minutes: wholeNumber('--minutes', values.minutes, 1_440),
    only: values.only ?? null,
    jobs: wholeNumber('--jobs', values.jobs, 256) ?? cores,
  };
}

type Given = Readonly<Record<string, string | boolean | undefined>>;

function refuseNonsense(given: Given): void {
  const notWith = (flag: string, other: string) => {
    if (isGiven(given, flag) && isGiven(given, other)) throw new Error(`--${flag} and --${other} exclude each other.`);
  };
  const onlyWith = (flag: string, other: string) => {
    if (isGiven(given, flag) && !isGiven(given, other)) throw new Error(`--${flag} goes with --${other} only.`);
  };
  for (const flag of ['seeds', 'from', 'mutants', 'jobs']) notWith('seed', flag);
  onlyWith('trace', 'seed');
  onlyWith('only', 'mutants');
}

function isGiven(given: Given, flag: string): boolean {
  return given[flag] !== undefined && given[flag] !== false;
}

function wholeNumber(flag: string, text: string | undefined, most: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new Error(`${flag} takes a whole number from 1 to ${most}, not "${text}".`);
  return value;
}
