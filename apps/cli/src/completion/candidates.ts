import type { Command, Option } from 'commander';

/** One word that would fit, and what it means. */
export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** Asks the control plane for names; `before` are the arguments that stand before the word: the pool comes first. */
export type LiveNames = (kind: string, before: readonly string[]) => Promise<readonly Candidate[]>;

/** What may stand at the end of a line: words, or a file of the shell's own choosing. */
export type Completion = { readonly kind: 'files' } | { readonly kind: 'words'; readonly words: readonly Candidate[] };

const none: Completion = { kind: 'words', words: [] };

interface Place {
  readonly command: Command;
  /** Positional arguments given to that command so far. */
  readonly given: readonly string[];
  /** An option whose value comes next. */
  readonly awaits: Option | null;
  /** True behind `--`: no options from there. */
  readonly ended: boolean;
}

/** Completes the last of `words` (it may be empty) by commander's own tree, so that no command can be forgotten here. */
export async function complete(program: Command, words: readonly string[], live: LiveNames): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const place = walk(program, words.slice(0, -1));
  if (place.awaits !== null) return valuesOf(place.awaits, '', current, place, live);
  const assigned = /^(--[^=]+)=(.*)$/s.exec(current);
  if (assigned !== null && !place.ended) {
    const option = optionNamed(place.command, assigned[1] ?? '');
    return option === null || !takesValue(option) ? none : valuesOf(option, `${assigned[1]}=`, current, place, live);
  }
  if (current.startsWith('-') && !place.ended) return fitting(optionsOf(place.command), current);
  if (place.command.commands.length > 0)
    return place.given.length > 0 ? none : fitting(commandsOf(place.command), current);
  return argumentAt(place, current, live);
}

function walk(program: Command, words: readonly string[]): Place {
  let command = program;
  let awaits: Option | null = null;
  let ended = false;
  const given: string[] = [];
  for (const word of words) {
    if (awaits !== null) awaits = null;
    else if (word === '--') ended = true;
    else if (word.startsWith('-') && !ended) {
      const option = optionNamed(command, word);
      awaits = option !== null && takesValue(option) ? option : null;
    } else {
      const child = command.commands.find((one) => one.name() === word);
      if (child === undefined) given.push(word);
      else command = child;
    }
  }
  return { command, given, awaits, ended };
}

async function argumentAt({ command, given }: Place, current: string, live: LiveNames): Promise<Completion> {
  const declared = command.registeredArguments;
  const argument = declared[given.length] ?? (declared.at(-1)?.variadic ? declared.at(-1) : undefined);
  if (argument === undefined) return none;
  if (argument.name() === 'command') return fitting(commandsBelow(command, given), current);
  if (argument.argChoices !== undefined) return fitting(argument.argChoices.map(bare), current);
  return fitting(await live(argument.name(), given), current);
}

async function valuesOf(
  option: Option,
  prefix: string,
  current: string,
  { given }: Place,
  live: LiveNames,
): Promise<Completion> {
  const placeholder = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? '';
  if (placeholder === 'file') return { kind: 'files' };
  const found = option.argChoices?.map(bare) ?? (await live(placeholder, given));
  return fitting(
    found.map((one) => ({ ...one, value: prefix + one.value })),
    current,
  );
}

/** For `help`: the commands below those that are named already. */
function commandsBelow(help: Command, given: readonly string[]): readonly Candidate[] {
  let command: Command | undefined = help;
  while (command.parent) command = command.parent;
  for (const name of given) command = command?.commands.find((one) => one.name() === name);
  return command === undefined ? [] : commandsOf(command);
}

function commandsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), about: one.description() }));
}

function optionsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap((one) => (one.long ? [{ value: one.long, about: one.description }] : []));
}

function optionNamed(command: Command, word: string): Option | null {
  const name = word.split('=')[0];
  const whole = word.includes('=');
  for (let one: Command | null = command; one !== null; one = one.parent) {
    const option = one.options.find(({ long, short }) => long === name || short === name);
    if (option !== undefined) return whole ? null : option;
  }
  return null;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function bare(value: string): Candidate {
  return { value, about: '' };
}

function fitting(found: readonly Candidate[], current: string): Completion {
  return { kind: 'words', words: found.filter(({ value }) => value.startsWith(current)) };
}
