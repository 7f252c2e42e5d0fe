import { parseArgs } from 'node:util';
import { watcherDefaultMs } from './keepalived-conf.ts';

export const help = `script/bench failover [--json] [--runs N] [--verbose] [--output FILE] [--watcher MS]
  How long the public name or address is without a working host, on the same lab
  hosts in one run, every kind once in each round:
    ours        from the stop of HAProxy on the active host to the first
                authoritative answer of the new address, with the default grace
                and with grace 0; after a pulled cable what comes on top of the
                last heartbeat and the failover delay
    keepalived  stock and tuned, from the same faults to the first connection to
                the virtual address that the other host answers
    clients     back after HAProxy stopped, through a caching resolver that
                honours the TTL, one connection every 10 ms
  Needs root and a lab (script/lab --help); 20 rounds take 15 to 25 minutes.
  Exit status 0 only when every move happened and every figure was measured.
  --json         progress on standard error, one JSON object as the last line of
                 standard output
  --runs N       rounds, default 20
  --verbose      list every value with the points on its way
  --output FILE  where every value is kept, one JSON object a line; default a new
                 file in /var/tmp
  --watcher MS   how often tuned keepalived's watcher looks whether HAProxy lives,
                 default ${watcherDefaultMs}, as often as it advertises
`;

export interface Options {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly runs: number;
  readonly output: string;
  readonly watcherMs: number;
}

/** Null when help was asked for. Throws with words for what cannot be meant. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      runs: { type: 'string', default: '20' },
      output: { type: 'string' },
      watcher: { type: 'string', default: String(watcherDefaultMs) },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return {
    json: values.json,
    verbose: values.verbose,
    runs: wholeNumber('--runs', values.runs, 1_000),
    output: values.output ?? `/var/tmp/serverctl-bench-failover-${stamp}.jsonl`,
    watcherMs: wholeNumber('--watcher', values.watcher, 10_000),
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new Error(`${name} takes a whole number from 1 to ${most}, not "${text}".`);
  return value;
}
