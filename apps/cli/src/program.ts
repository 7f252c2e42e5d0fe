import { exitCode } from '@serverctl/core';
import { Command } from 'commander';
import { accountCommand } from './commands/account.ts';
import { adminCommand } from './commands/admin.ts';
import { auditCommand } from './commands/audit.ts';
import { brakesCommand } from './commands/brakes.ts';
import { channelCommand } from './commands/channel.ts';
import { completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { dnsCommand } from './commands/dns.ts';
import { eventCommand } from './commands/event.ts';
import { eventsCommand } from './commands/events.ts';
import { failoverCommand } from './commands/failover.ts';
import { joinCommand } from './commands/join.ts';
import { memberCommand } from './commands/member.ts';
import { poolCommand } from './commands/pool.ts';
import { promotionCommand } from './commands/promote.ts';
import { signInCommand, signOutCommand } from './commands/sign-in.ts';
import { statusCommand } from './commands/status.ts';
import { tokenCommand } from './commands/token.ts';
import { userCommand } from './commands/user.ts';
import { versionCommand } from './commands/version.ts';
import { watchCommand } from './commands/watch.ts';
import { whoamiCommand } from './commands/whoami.ts';
import { whyCommand } from './commands/why.ts';
import { defaultUrl } from './config.ts';
import { helpCommand } from './help.ts';
import { paragraphs } from './output/width.ts';
import { release } from './release.ts';

const footer = `
Where it looks:
  --url, SERVERCTL_URL    the control plane, default ${defaultUrl}
  --ca-file, SERVERCTL_CA_FILE
                          the authority that signed its certificate, trusted
                          beside the system's; default tls/ca.pem in the control
                          plane's data directory
Who you are, the first that there is:
  --token-file, SERVERCTL_TOKEN, SERVERCTL_TOKEN_FILE
                          an API token
  serverctl sign-in       your session at this control plane
  admin-token             on the control plane's host, in its data directory
                          (SERVERCTL_DATA_DIR, /var/lib/serverctl,
                          ~/.local/state/serverctl); sent to loopback and to
                          its control plane's own addresses alone
  What is used now: serverctl whoami, serverctl config show --origin

Exit status: 0 done, ${exitCode.invalid} wrong input, ${exitCode['not-found']} not found, ${exitCode.conflict} conflict, ${exitCode.forbidden} not allowed,
  ${exitCode.unavailable} unavailable or asked to wait, ${exitCode.provider} DNS provider refused, ${exitCode.ambiguous} outcome unknown,
  9 answered from the copy of the records (dns show), ${exitCode.internal} anything else.
`;

/** The whole command line. `silent`: usage errors are thrown only, and the caller tells them. */
export function createProgram({ silent = false }: { silent?: boolean } = {}): Command {
  const program = new Command('serverctl')
    .description('Keeps one DNS name pointing at an HAProxy host that works.')
    .version(release(), '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', footer)
    .configureHelp({ minWidthToWrap: 24 }) // the usual 40 leaves a group with long arguments unwrapped at 80 columns
    .showHelpAfterError('Run it with --help to see what is possible.')
    .exitOverride();
  program.configureOutput({ writeErr: silent ? () => undefined : writeUsageError });
  const commands = [
    poolCommand(),
    memberCommand(),
    dnsCommand(),
    failoverCommand(),
    promotionCommand(),
    whyCommand(),
    brakesCommand(),
    eventsCommand(),
    eventCommand(),
    watchCommand(),
    statusCommand(),
    auditCommand(),
    channelCommand(),
    signInCommand(),
    signOutCommand(),
    whoamiCommand(),
    joinCommand(),
    accountCommand(),
    userCommand(),
    tokenCommand(),
    adminCommand(),
    configCommand(),
    completionCommand(),
    versionCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  program.addCommand(helpCommand(program));
  withGlobals(program).option('--json', 'one JSON value on standard output, errors as JSON on standard error');
  return acceptGlobals(program);
}

/** Fits the terminal, as every other text does. */
function writeUsageError(text: string): void {
  process.stderr.write(paragraphs(text, null, process.stderr.columns));
}

/** Global flags are accepted behind any command too: `serverctl pool list --json`. */
function acceptGlobals(command: Command): Command {
  for (const child of command.commands) {
    child.exitOverride().copyInheritedSettings(command);
    if (child.name() === 'help') continue;
    if (child.commands.length === 0) withGlobals(child).option('--json', 'print JSON');
    else child.helpCommand(false).addCommand(helpCommand(child), { hidden: true });
    acceptGlobals(child);
  }
  return command;
}

function withGlobals(command: Command): Command {
  return command
    .option('--url <url>', 'address of the control plane')
    .option('--ca-file <file>', 'authority of its certificate, trusted beside the system’s')
    .option('--token-file <file>', 'file with the access token');
}
