import { type Client, createClient } from '@serverctl/contract';
import type { Command } from 'commander';
import { type CliConfig, type CliFlags, readConfig } from './config.ts';
import { reportFailure } from './output/failure.ts';
import { paragraphs } from './output/width.ts';
import { trust } from './platform/trust.ts';

/** What every command gets: the typed client, and how to speak. */
export interface Context {
  readonly client: Client;
  readonly config: CliConfig;
  readonly json: boolean;
  /** Prints a line for people; silent with `--json`. */
  say(line: string): void;
}

/** What a command leaves behind: one value for `--json`, one text for people. */
export interface Outcome {
  readonly json: unknown;
  readonly text: string;
  /** A line of the text that is for copying and never broken; `all`: no line is, the terminal may. */
  readonly whole?: { readonly line: string } | 'all';
}

type Globals = CliFlags & { readonly json?: boolean };

/**
 * Wraps a command's work: builds the context from the global flags, prints the outcome, turns failures into words and an exit code.
 * `work` gets the context, then the positional arguments, then the options, as commander orders them.
 */
export function action<Arguments extends readonly unknown[]>(
  work: (context: Context, ...args: Arguments) => Promise<Outcome | null>,
) {
  return localAction(async ({ flags, json }, ...args: Arguments) => {
    const { client, config } = connect(flags);
    const say = (line: string) => void (json || process.stdout.write(`${paragraphs(line, null)}\n`));
    return work({ client, config, json, say }, ...args);
  });
}

/** The same for what needs no control plane. */
export function localAction<Arguments extends readonly unknown[]>(
  work: (local: { readonly flags: CliFlags; readonly json: boolean }, ...args: Arguments) => Promise<Outcome | null>,
) {
  return async (...received: unknown[]): Promise<void> => {
    const command = received.at(-1) as Command;
    const { json = false, ...flags } = command.optsWithGlobals<Globals>();
    try {
      const outcome = await work({ flags, json }, ...(received.slice(0, -1) as unknown as Arguments));
      if (outcome !== null) process.stdout.write(`${json ? JSON.stringify(outcome.json) : worded(outcome)}\n`);
    } catch (error) {
      process.exitCode = reportFailure(error, json, (text) => process.stderr.write(text));
    }
  };
}

/** A client of the control plane that the flags and the environment name; its authority is trusted from here on. */
export function connect(flags: CliFlags): { readonly client: Client; readonly config: CliConfig } {
  const config = readConfig(flags);
  trust(config);
  return { client: createClient({ baseUrl: config.url, token: config.token }), config };
}

function worded({ text, whole }: Outcome): string {
  return whole === 'all' ? text : paragraphs(text, whole?.line ?? null);
}
