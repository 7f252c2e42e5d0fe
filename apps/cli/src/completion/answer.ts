import type { Command } from 'commander';
import type { CliFlags } from '../config.ts';
import { connect } from '../context.ts';
import { clean } from '../output/table.ts';
import { complete } from './candidates.ts';
import { liveNames } from './live-names.ts';
import { unquoted } from './unquoted.ts';

/** The first word of a line that asks for completions; it stands in the scripts that `serverctl completion` prints. */
export const completionRequest = '__complete';

/**
 * What a completion script reads: `files`, or `words` and below it one candidate a line, `value TAB meaning`. `asked` is the shell and the
 * words behind `serverctl`, the last of them the one that is being typed. A value that is not one plain line is left out: the line is the frame.
 */
export async function answerCompletion(program: Command, asked: readonly string[]): Promise<string> {
  const [shell, ...typed] = asked;
  // zsh gives its words without quotes; fish all but the one that is being typed.
  const quoted = { bash: typed.length, fish: 1 }[shell ?? ''] ?? 0;
  const words = typed.map((word, place) => (place >= typed.length - quoted ? unquoted(word) : word));
  const live = liveNames(() => connect(flagsIn(words), true).client);
  const completion = await complete(program, words, live);
  if (completion.kind === 'files') return 'files\n';
  const lines = completion.words
    .filter(({ value }) => value === clean(value))
    .map(({ value, about }) => `${value}\t${clean(about)}\n`);
  return `words\n${lines.join('')}`;
}

/** Which control plane the line speaks of: its own flags count here too. */
function flagsIn(words: readonly string[]): CliFlags {
  const given = (flag: string) => {
    const assigned = words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
    const place = words.indexOf(flag);
    return assigned ?? (place === -1 ? undefined : words[place + 1]);
  };
  const [url, caFile, tokenFile] = ['--url', '--ca-file', '--token-file'].map(given);
  return {
    ...(url === undefined ? {} : { url }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
}
