import { exitCode, isAppError } from '@serverctl/core';
import { type LoadedConfig, loadConfig, settingLines } from './config.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { createLogger } from './platform/logger.ts';
import { setupLinkMinutes } from './services/accounts/setup-link.ts';

/*
 * starting ──ready line──→ running ──SIGTERM, SIGINT──→ stopping ──→ exit 0
 *     │                       │ a part failed              │ a second signal: exit 1 at once
 *     │                     exit 1
 *     └──→ exit status of the error's category
 */

const usage = `serverctl-server [--role all|api|worker] [settings]
Runs the control plane: the operator's API, the agents' door and the failover loop.

  --config FILE          settings as NAME=value lines; or SERVERCTL_CONFIG
  --print-config         show every setting, its value and where it came from, and end
  --new-admin-token      make a new administrator token; the old one ends at once
  --help                 this

Settings (flag > environment > file > default):
${settingLines().join('\n')}
`;

async function main(): Promise<void> {
  const loaded = loadConfig();
  if (loaded.help) return say(usage);
  if (loaded.printConfig) return say(`${configTable(loaded)}\n`);
  const log = createLogger(loaded.config.logLevel);
  const { config } = loaded;
  if (config.leaseDivisor !== 1) log.warn({ divisor: config.leaseDivisor }, 'lease times are divided: for tests only');
  const plane = await startControlPlane(config, log, { ...loaded, terminal: process.stdout.isTTY });
  announce(plane, config.role);
  const stopped = nextSignal();
  await Promise.race([stopped, plane.failed]).catch((error) => {
    log.fatal({ err: error }, 'a part of the control plane ended by itself');
    process.exitCode = 1;
  });
  void nextSignal().then(() => process.exit(1));
  log.info('stopping');
  await plane.stop();
  log.info('stopped');
  process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
}

/** Standard output says these few lines; the log goes to standard error. The token and the link are shown to a terminal only (R44). */
function announce({ address, adminToken, setupLink, madeCaPath }: ControlPlane, role: string): void {
  if (adminToken !== null) {
    say(`The administrator token is in ${adminToken.path}; the command line reads it there.\n`);
    if (process.stdout.isTTY) say(`Administrator token, shown once: ${adminToken.token}\n`);
  }
  if (madeCaPath !== null)
    say(
      `The certificate authority is ${madeCaPath}; the command line reads it there, elsewhere give it by --ca-file or SERVERCTL_CA_FILE.\n`,
    );
  if (setupLink !== null) {
    const { link, path } = setupLink;
    const where = path === null ? `open ${link}` : `open the link in ${path}`;
    say(`Nobody has an account yet. To become the first administrator, ${where} within ${setupLinkMinutes} minutes.\n`);
  }
  say(address === null ? `serverctl running as ${role}\n` : `serverctl listening on ${address}\n`);
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

function configTable({ origins }: LoadedConfig): string {
  const width = (pick: (origin: LoadedConfig['origins'][number]) => string) =>
    Math.max(...origins.map((one) => pick(one).length));
  const nameWidth = width((one) => one.name);
  const valueWidth = width((one) => one.value);
  return origins
    .map(({ name, value, origin }) => `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${origin}`)
    .join('\n');
}

function say(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  // Before there is a log, and for people: what is wrong and what to do.
  const lines = isAppError(error)
    ? [
        error.message,
        ...Object.entries(error.details).map(([key, value]) => `  ${key}: ${[value].flat().join('\n    ')}`),
        error.remedy,
      ]
    : [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  process.stderr.write(`serverctl-server: ${lines.join('\n')}\n`);
  process.exit(isAppError(error) ? exitCode[error.category] : exitCode.internal);
});
