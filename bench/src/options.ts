import { parseArgs } from 'node:util';

/** A whole-number option of a benchmark: its default and what it may be. */
export interface NumberOption {
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Reads `--name N` for each number, the switches, and `--name WORD` for each choice, which may be given more than once: it is what was given,
 * in the order of its list, or all of the list. `--help` prints the text and ends, a mistake does so with status 2.
 */
export function readBenchOptions<
  Numbers extends Record<string, NumberOption>,
  Switch extends string,
  Choices extends Record<string, readonly string[]> = Record<never, never>,
>(
  help: string,
  numbers: Numbers,
  switches: readonly Switch[],
  choices?: Choices,
): { readonly [N in keyof Numbers]: number } & { readonly [S in Switch]: boolean } & {
  readonly [C in keyof Choices]: readonly Choices[C][number][];
} {
  const wrong = (message: string): never => {
    process.stderr.write(`${message}\n\n${help}`);
    process.exit(2);
  };
  const lists = Object.entries(choices ?? {});
  const names = { numbers: Object.keys(numbers), switches, choices: lists.map(([name]) => name) };
  const values = parse(names, wrong);
  if (values['help'] === true) {
    process.stdout.write(help);
    process.exit(0);
  }
  const readNumber = (name: string, { value, least, most }: NumberOption) => {
    const given = values[name];
    if (given === undefined) return value;
    const number = Number(given);
    return Number.isInteger(number) && number >= least && number <= most
      ? number
      : wrong(`--${name} must be a whole number from ${least} to ${most}.`);
  };
  const readChoice = (name: string, list: readonly string[]) => {
    const given = values[name];
    if (!Array.isArray(given)) return list;
    if (given.some((word) => !list.includes(word))) return wrong(`--${name} is one of: ${list.join(' ')}.`);
    return list.filter((word) => given.includes(word));
  };
  return Object.fromEntries([
    ...Object.entries(numbers).map(([name, option]) => [name, readNumber(name, option)]),
    ...switches.map((name) => [name, values[name] === true]),
    ...lists.map(([name, list]) => [name, readChoice(name, list)]),
  ]);
}

interface Names {
  readonly numbers: readonly string[];
  readonly switches: readonly string[];
  readonly choices: readonly string[];
}

function parse({ numbers, switches, choices }: Names, wrong: (message: string) => never) {
  try {
    return parseArgs({
      options: Object.fromEntries([
        ...numbers.map((name) => [name, { type: 'string' as const }]),
        ...choices.map((name) => [name, { type: 'string' as const, multiple: true }]),
        ...[...switches, 'help'].map((name) => [name, { type: 'boolean' as const }]),
      ]),
    }).values as Readonly<Record<string, string | boolean | string[] | undefined>>;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
