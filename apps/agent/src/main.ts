import { type Command, type EnrolCommand, helpText, type InstallCommand, parseCommandLine } from './command-line.ts';
import { enrol } from './commands/enrol.ts';
import { install } from './commands/install.ts';
import { run } from './commands/run.ts';
import { status } from './commands/status.ts';
import { uninstall } from './commands/uninstall.ts';
import {
  foreignRuntimeVariables,
  runsUnderJournal,
  runtimeDirectory,
  serviceManagerSpec,
  stateDirectory,
} from './config.ts';
import { confirm } from './confirm.ts';
import { AgentFailure, type ExitCode, exitCodes } from './errors.ts';
import { openHost } from './host.ts';
import { createHttpClient } from './http-client.ts';
import { ownExecutable } from './install/executable.ts';
import { installPaths } from './install/paths.ts';
import { systemctl } from './install/systemctl.ts';
import { systemClock } from './platform/clock.ts';
import { createLog } from './platform/log.ts';
import { systemRandom } from './platform/random.ts';
import { readSecret } from './secret.ts';
import type { Trust } from './trust.ts';
import { agentVersion } from './version.ts';

/** The only file that knows the real clock, terminal and process; each command gets them as arguments. */
const clock = systemClock;
const say = (text: string) => void process.stdout.write(`${text}\n`);
const warn = (text: string) => void process.stderr.write(`Warning: ${text}\n`);

const ask = (text: string) => void process.stderr.write(text);
const isRoot = () => process.getuid?.() === 0;

function enrolParts({ secretFile }: EnrolCommand | InstallCommand) {
  const secret = { file: secretFile, input: process.stdin, ask, warn };
  const createClient = (trust: Trust) => createHttpClient(clock, trust);
  return { createClient, readSecret: () => readSecret(secret), say, warn };
}

/** Whoever sets them changes the program itself: as root that is nothing to go on with. The service is started without them. */
function refuseForeignRuntime(): void {
  const set = foreignRuntimeVariables();
  if (set.length === 0 || ownExecutable() === null) return;
  throw new AgentFailure('usage', `${set.join(' and ')} in the environment would change this program.`, {
    remedy: `Run it without: env ${set.map((name) => `-u ${name}`).join(' ')} serverctl-agent …`,
  });
}

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
    case 'enrol':
      await enrol(command, { ...enrolParts(command), stateDirectory: stateDirectory(command.stateDir) });
      return exitCodes.done;
    case 'install': {
      const installer = { paths: installPaths(), isRoot: isRoot(), architecture: process.arch };
      const parts = { ...enrolParts(command), clock, systemctl };
      await install(command, { ...parts, installer: { ...installer, executable: ownExecutable() } });
      return exitCodes.done;
    }
    case 'uninstall': {
      const question = (text: string) => confirm(text, process.stdin, ask);
      const parts = { paths: installPaths(), isRoot: isRoot(), systemctl, confirm: question, say };
      await uninstall(command.yes, parts);
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
        runtimeDirectory: runtimeDirectory(),
        openHost: (onChange) => openHost(spec, { clock, random: systemRandom, log, onChange }),
        untilStopped: new Promise((resolve) => {
          process.once('SIGTERM', () => resolve());
          process.once('SIGINT', () => resolve());
        }),
      });
    }
  }
}

try {
  refuseForeignRuntime();
  process.exitCode = await carryOut(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof AgentFailure)) throw error;
  process.stderr.write(`Error: ${error.message}\n${error.remedy} [${error.code}]\n`);
  process.exitCode = error.exitCode;
}
