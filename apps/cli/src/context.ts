import type { Client } from '@serverctl/contract';
import { AppError, isAppError } from '@serverctl/core';
import type { Command } from 'commander';
import { clientAt } from './client-at.ts';
import { type CliConfig, type CliFlags, type Reach, readConfig, readHostConfig, readReach } from './config.ts';
import { reportFailure } from './output/failure.ts';
import { paragraphs } from './output/width.ts';
import { trust } from './platform/trust.ts';
import { proveAnew } from './step-up.ts';

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
export const action: Wrap = (work) => wrapped(work, ({ flags, json }) => connect(flags, json));

/** The same with the administrator token of this host, whatever else is named or signed in: the way in when nothing else works. */
export const hostAction: Wrap = (work) =>
  wrapped(work, ({ flags }) => {
    const config = readHostConfig(flags);
    trust(config);
    return { client: clientAt(config.url, config.proof.secret), config };
  });

/** How a command's work becomes what commander runs. */
export type Wrap = <Arguments extends readonly unknown[]>(
  work: (context: Context, ...args: Arguments) => Promise<Outcome | null>,
) => (...received: unknown[]) => Promise<void>;

function wrapped<Arguments extends readonly unknown[]>(
  work: (context: Context, ...args: Arguments) => Promise<Outcome | null>,
  connected: (local: Local) => Pick<Context, 'client' | 'config'>,
) {
  return localAction(async (local, ...args: Arguments) => {
    const { client, config } = connected(local);
    return work({ client, config, json: local.json, say: speaker(local.json) }, ...args).catch(toldWithProof(config));
  });
}

/** Prints for people, nothing with `--json`. */
export function speaker(json: boolean): (line: string) => void {
  return (line) => void (json || process.stdout.write(`${paragraphs(line, null)}\n`));
}

/** Who was not recognised is told by what they were to be. */
function toldWithProof({ proof }: CliConfig) {
  return (error: unknown): never => {
    if (!isAppError(error, 'token_invalid') && !isAppError(error, 'session_ended')) throw error;
    const provedBy = proof.file === null ? proof.origin : `${proof.origin}, ${proof.file}`;
    throw new AppError(error.code, { ...error.details, provedBy }, error);
  };
}

export interface Local {
  readonly flags: CliFlags;
  readonly json: boolean;
}

/** The same for what needs no control plane. */
export function localAction<Arguments extends readonly unknown[]>(
  work: (local: Local, ...args: Arguments) => Promise<Outcome | null>,
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

/**
 * A client of the control plane that the flags and the environment name; its authority is trusted from here on. What needs a new proof of
 * who asks gets it from the person at the terminal.
 */
export function connect(flags: CliFlags, json: boolean): Pick<Context, 'client' | 'config'> {
  const config = readConfig(flags);
  trust(config);
  const { secret } = config.proof;
  const proving = { proveAnew: () => proveAnew(clientAt(config.url, secret), json) };
  return { client: clientAt(config.url, secret, proving), config };
}

/** A client for who has not signed in yet. */
export function connectUnknown(flags: CliFlags): { readonly client: Client; readonly reach: Reach } {
  const reach = readReach(flags);
  trust(reach);
  return { client: clientAt(reach.url, null), reach };
}

function worded({ text, whole }: Outcome): string {
  return whole === 'all' ? text : paragraphs(text, whole?.line ?? null);
}
