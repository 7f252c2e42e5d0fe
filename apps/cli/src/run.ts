import { exitCode } from '@serverctl/core';
import { CommanderError } from 'commander';
import { answerCompletion, completionRequest } from './completion/answer.ts';
import { createProgram } from './program.ts';

/** Runs one command line and sets the exit code. With `--json` a usage error is JSON too; otherwise commander has printed it in words. */
export async function run(line: readonly string[]): Promise<void> {
  if (line[0] === completionRequest) {
    process.stdout.write(await answerCompletion(createProgram({ silent: true }), line.slice(1)));
    return;
  }
  const json = line.includes('--json');
  try {
    await createProgram({ silent: json }).parseAsync(line, { from: 'user' });
  } catch (error) {
    // Everything else is reported by the command itself.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    if (json) process.stderr.write(`${JSON.stringify({ error: usage(error) })}\n`);
    process.exitCode = exitCode.invalid;
  }
}

function usage({ code, message }: CommanderError) {
  return {
    code: 'usage',
    message: code === 'commander.help' ? 'The command is incomplete.' : message.replace(/^error: /, ''),
    remedy: 'Run it with --help to see what is possible.',
    details: {},
  };
}
