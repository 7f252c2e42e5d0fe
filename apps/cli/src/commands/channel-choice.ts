import { type ChannelInput, type ChannelPatch, severities } from '@serverctl/contract';
import { type Command, Option } from 'commander';
import { named } from '../arguments.ts';
import { list } from '../options.ts';

/** What a channel is told of, as options of `add` and `set`. */
export interface Choice {
  readonly name?: string;
  readonly leastSeverity?: NonNullable<ChannelInput['leastSeverity']>;
  readonly kind?: readonly string[];
  readonly pool?: readonly string[];
}

export function withChoice(command: Command): Command {
  return command
    .option('--name <name>', 'what you call it', named)
    .addOption(new Option('--least-severity <severity>', 'this one and what is more urgent').choices(severities))
    .addOption(new Option('--kind <kind>', 'only these events, comma-separated or repeated').argParser(list))
    .addOption(new Option('--pool <pool>', 'only events of these pools, likewise').argParser(list));
}

/** Only what was given: what is left out stays as it is. */
export function chosen({ name, leastSeverity, kind, pool }: Choice): Omit<ChannelPatch, 'enabled'> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(leastSeverity === undefined ? {} : { leastSeverity }),
    ...(kind === undefined ? {} : { kinds: [...kind] }),
    ...(pool === undefined ? {} : { pools: [...pool] }),
  };
}
