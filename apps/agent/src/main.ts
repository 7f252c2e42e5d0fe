import { type Command, helpText, parseCommandLine } from './command-line.ts';
import { enrol } from './commands/enrol.ts';
import { run } from './commands/run.ts';
import { status } from './commands/status.ts';
import { runsUnderJournal, serviceManagerSpec, stateDirectory } from './config.ts';
import { AgentFailure, type ExitCode, exitCodes } from './errors.ts';
import { openHost } from './host.ts';
import { createHttpClient } from './http-client.ts';
import { systemClock } from './platform/clock.ts';
import { createLog } from './platform/log.ts';
import { systemRandom } from './platform/random.ts';
import { readSecret } from './secret.ts';
import { agentVersion } from './version.ts';

/** The only file that knows the real clock, terminal and process; each command gets them as arguments. */
const clock = systemClock;
const say = (text: string) => void process.stdout.write(`${text}\n`);
const warn = (text: string) => void process.stderr.write(`Warning: ${text}\n`);

async function carryOut(command: Command): Promise<ExitCode> {
  switch (command.kind) {
    case 'help':
      say(helpText.trimEnd());
      return exitCodes.done;
    case 'version':
      say(agentVersion);
      return exitCodes.done;
    case 'status':
      return status(stateDirectory(command.stateDir), command.json, say);
    case 'enrol': {
      const client = createHttpClient(clock);
      const ask = (text: string) => void process.stderr.write(text);
      const secret = { file: command.secretFile, input: process.stdin, ask, warn };
      const directory = stateDirectory(command.stateDir);
      await enrol(command, { client, stateDirectory: directory, readSecret: () => readSecret(secret), say, warn });
      client.close();
      return exitCodes.done;
    }
    case 'run': {
      const log = createLog(runsUnderJournal());
      const spec = serviceManagerSpec(command.serviceManager);
      return run({
        clock,
        random: systemRandom,
        log,
        stateDirectory: stateDirectory(command.stateDir),
        openHost: (onChange) => openHost(spec, { clock, log, onChange }),
        untilStopped: new Promise((resolve) => {
          process.once('SIGTERM', () => resolve());
          process.once('SIGINT', () => resolve());
        }),
      });
    }
  }
}

try {
  process.exitCode = await carryOut(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof AgentFailure)) throw error;
  process.stderr.write(`Error: ${error.message}\n${error.remedy} [${error.code}]\n`);
  process.exitCode = error.exitCode;
}
