import { parseArgs } from 'node:util';

/** A whole-number option of a benchmark: its default and what it may be. */
export interface NumberOption {
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** Reads `--name N` for each number, and the switches; `--help` prints the text and ends, a mistake does so with status 2. */
export function readBenchOptions<Numbers extends Record<string, NumberOption>, Switch extends string>(
  help: string,
  numbers: Numbers,
  switches: readonly Switch[],
): { readonly [N in keyof Numbers]: number } & { readonly [S in Switch]: boolean } {
  const wrong = (message: string): never => {
    process.stderr.write(`${message}\n\n${help}`);
    process.exit(2);
  };
  const values = parse([...Object.keys(numbers)], switches, wrong);
  if (values['help'] === true) {
    process.stdout.write(help);
    process.exit(0);
  }
  const read = (name: string, { value, least, most }: NumberOption) => {
    const given = values[name];
    if (given === undefined) return value;
    const number = Number(given);
    return Number.isInteger(number) && number >= least && number <= most
      ? number
      : wrong(`--${name} must be a whole number from ${least} to ${most}.`);
  };
  return Object.fromEntries([
    ...Object.entries(numbers).map(([name, option]) => [name, read(name, option)]),
    ...switches.map((name) => [name, values[name] === true]),
  ]);
}

function parse(numbers: readonly string[], switches: readonly string[], wrong: (message: string) => never) {
  try {
    return parseArgs({
      options: Object.fromEntries([
        ...numbers.map((name) => [name, { type: 'string' as const }]),
        ...[...switches, 'help'].map((name) => [name, { type: 'boolean' as const }]),
      ]),
    }).values as Readonly<Record<string, string | boolean | undefined>>;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
