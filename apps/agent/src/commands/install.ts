import type { InstallCommand } from '../command-line.ts';
import { putCopy, putText } from '../durable-put.ts';
import { AgentFailure } from '../errors.ts';
import { hasHeardMark } from '../heard-mark.ts';
import { type AgentConfig, readConfig } from '../identity.ts';
import { isThere, makeFolderOf } from '../install/files.ts';
import { checkHost, type Installer } from '../install/host-checks.ts';
import { unitName } from '../install/paths.ts';
import type { Systemctl } from '../install/systemctl.ts';
import { unitText } from '../install/unit.ts';
import { type Clock, pause } from '../platform/clock.ts';
import { agentVersion } from '../version.ts';
import { type EnrolParts, enrol } from './enrol.ts';

export interface InstallParts extends Omit<EnrolParts, 'stateDirectory'> {
  readonly clock: Clock;
  readonly installer: Installer;
  readonly systemctl: Systemctl;
}

const heardWithinMs = 15_000;
const lookEveryMs = 200;

/*
 * checks → enrolment (its secret asked last) → file → unit → enabled, started anew → heard
 *
 * Up to the enrolment nothing is on the host, and an enrolment that fails leaves nothing. From then on each step replaces what is there,
 * so that the same line run again goes on: it finds the enrolment, sees that the rest is not whole, and asks for no second secret.
 */
export async function install(command: InstallCommand, parts: InstallParts): Promise<void> {
  const { installer, say } = parts;
  const { paths } = installer;
  await checkHost(installer);
  await settleEnrolment(command, parts);
  const identity = await readConfig(paths.stateDirectory);
  if (identity === null) throw new AgentFailure('not_enrolled', 'There is no enrolment on this host.');
  await step(`putting the agent at ${paths.binary}`, async () => {
    await makeFolderOf(paths.binary);
    await putCopy(installer.executable ?? '', paths.binary, 0o755);
  });
  await step(`writing ${paths.unit}`, () => putText(unitText, paths.unit, 0o644));
  await step('having systemd read its units', () => ordered(parts.systemctl, ['daemon-reload']));
  await step('enabling the service', () => ordered(parts.systemctl, ['enable', '--quiet', unitName]));
  await step('starting the service', () => ordered(parts.systemctl, ['restart', unitName]));
  say(`Installed: ${paths.binary} ${agentVersion}, started now and at each boot by ${unitName}.`);
  await untilHeard(parts, identity);
  say(`Heard: the control plane hears this host as member ${identity.memberId} of pool ${identity.poolName}.`);
}

async function settleEnrolment(command: InstallCommand, parts: InstallParts): Promise<void> {
  const { paths } = parts.installer;
  const former = await readConfig(paths.stateDirectory);
  if (command.updateOnly) {
    if (former !== null) return;
    throw new AgentFailure('not_enrolled', 'There is no enrolment on this host to keep.');
  }
  if (former !== null && !command.replace) {
    const who = `This host is member ${former.memberId} of pool ${former.poolName}`;
    if (await isWhole(parts)) {
      throw new AgentFailure('already_enrolled', `${who}, and the agent is installed.`, {
        remedy:
          'Add --replace to enrol again, with a new secret; or --update-only to keep the enrolment and only put this agent in place.',
      });
    }
    parts.say(
      `${who} already, but the agent is not fully installed: going on with this enrolment, no secret is needed.`,
    );
    return;
  }
  await enrol(command, { ...parts, stateDirectory: paths.stateDirectory });
}

/** The link is made last; what is left then is to start it. */
async function isWhole({ installer: { paths } }: InstallParts): Promise<boolean> {
  const there = await Promise.all([paths.binary, paths.unit, paths.wants].map(isThere));
  return there.every(Boolean);
}

async function step(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const isStart = name === 'starting the service';
    throw new AgentFailure(
      'step_failed',
      `The host is enrolled, but ${name} failed: ${why}`,
      isStart ? { cause, remedy: `All is in place. Mend that, then: systemctl restart ${unitName}` } : { cause },
    );
  }
}

async function ordered(systemctl: Systemctl, args: readonly string[]): Promise<void> {
  const { status, output } = await systemctl(args);
  if (status !== 0) throw new Error(`systemctl ${args.join(' ')}: ${output}`);
}

/** The service's own word, since this start of it. */
async function untilHeard({ clock, installer: { paths } }: InstallParts, identity: AgentConfig): Promise<void> {
  const startedAtMs = clock.nowMs();
  while (!(await hasHeardMark(paths.runtimeDirectory, identity))) {
    if (clock.nowMs() - startedAtMs >= heardWithinMs) {
      throw new AgentFailure(
        'not_heard',
        `The agent was started, but the control plane did not hear it within ${heardWithinMs / 1_000} s.`,
      );
    }
    await pause(clock, lookEveryMs);
  }
}
