import { readFileSync } from 'node:fs';
import { exitCode } from '@serverctl/core';
import { Command } from 'commander';
import { channelCommand } from './commands/channel.ts';
import { dnsCommand } from './commands/dns.ts';
import { eventsCommand } from './commands/events.ts';
import { memberCommand } from './commands/member.ts';
import { failoverCommand, poolCommand } from './commands/pool.ts';
import { promotionCommand } from './commands/promote.ts';
import { statusCommand } from './commands/status.ts';
import { watchCommand } from './commands/watch.ts';

const footer = `
Where it looks:
  --url, SERVERCTL_URL    the control plane, default http://127.0.0.1:7400
  SERVERCTL_TOKEN, --token-file, SERVERCTL_TOKEN_FILE
                          the access token; default the admin-token file in the
                          control plane's data directory

Exit status: 0 done, ${exitCode.invalid} wrong input, ${exitCode['not-found']} not found, ${exitCode.conflict} conflict, ${exitCode.forbidden} not allowed,
  ${exitCode.unavailable} unavailable or asked to wait, ${exitCode.provider} DNS provider refused, ${exitCode.ambiguous} outcome unknown,
  ${exitCode.internal} anything else.
`;

/** The whole command line. `silent`: usage errors are thrown only, and the caller tells them. */
export function createProgram({ silent = false }: { silent?: boolean } = {}): Command {
  const program = new Command('serverctl')
    .description('Keeps one DNS name pointing at an HAProxy host that works.')
    .version(release(), '--version', 'print the version')
    .option('--json', 'one JSON value on standard output, errors as JSON on standard error')
    .option('--url <url>', 'address of the control plane')
    .option('--token-file <file>', 'file with the access token')
    .addHelpText('after', footer)
    .showHelpAfterError('Run it with --help to see what is possible.')
    .exitOverride();
  if (silent) program.configureOutput({ writeErr: () => undefined });
  const commands = [
    poolCommand(),
    memberCommand(),
    dnsCommand(),
    failoverCommand(),
    promotionCommand(),
    eventsCommand(),
    watchCommand(),
    statusCommand(),
    channelCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  return acceptGlobals(program);
}

function release(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Global flags are accepted behind any command too: `serverctl pool list --json`. */
function acceptGlobals(command: Command): Command {
  for (const child of command.commands) {
    child.exitOverride().copyInheritedSettings(command);
    if (child.commands.length === 0) {
      child
        .option('--json', 'print JSON')
        .option('--url <url>', 'address of the control plane')
        .option('--token-file <file>', 'file with the access token');
    }
    acceptGlobals(child);
  }
  return command;
}
