import { type Client, createClient } from '@serverctl/contract';
import type { Command } from 'commander';
import { type CliConfig, type CliFlags, readConfig } from './config.ts';
import { reportFailure } from './output/failure.ts';

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
}

type Globals = CliFlags & { readonly json?: boolean };

/**
 * Wraps a command's work: builds the context from the global flags, prints the outcome, turns failures into words and an exit code.
 * `work` gets the context, then the positional arguments, then the options, as commander orders them.
 */
export function action<Arguments extends readonly unknown[]>(
  work: (context: Context, ...args: Arguments) => Promise<Outcome | null>,
) {
  return async (...received: unknown[]): Promise<void> => {
    const command = received.at(-1) as Command;
    const { json = false, ...flags } = command.optsWithGlobals<Globals>();
    try {
      const config = readConfig(flags);
      const client = createClient({ baseUrl: config.url, token: config.token });
      const say = (line: string) => void (json || process.stdout.write(`${line}\n`));
      const outcome = await work({ client, config, json, say }, ...(received.slice(0, -1) as unknown as Arguments));
      if (outcome !== null) process.stdout.write(`${json ? JSON.stringify(outcome.json) : outcome.text}\n`);
    } catch (error) {
      process.exitCode = reportFailure(error, json, (text) => process.stderr.write(text));
    }
  };
}
