import { setTimeout as sleep } from 'node:timers/promises';
import type { LabStageMember } from '@serverctl/e2e/lab-stage';
import { wallMs } from '@serverctl/e2e/platform/wall-clock';

/*
 * The faults, the same for everyone who is measured. Each begins at a random moment of a second, so that no heartbeat, advertisement or
 * check is met always at the same point of its period.
 */

/** What systemd says about a stop of HAProxy; wall-clock milliseconds. */
export interface Stopped {
  /** The command is issued on the host: the last thing before it becomes `systemctl stop`. */
  readonly issuedAt: number;
  /** The unit has left `active`, and has reached `inactive`. */
  readonly leftAt: number;
  readonly inactiveAt: number;
}

/** `systemctl stop haproxy.service` on the host, with the time right before. */
export async function stopHaproxy(host: LabStageMember): Promise<Stopped> {
  await sleep(Math.random() * 1_000);
  const command = 'echo "$EPOCHREALTIME"; exec systemctl stop haproxy.service';
  const { stdout } = await host.run(['bash', '-c', command]);
  const times = ['--timestamp=us+utc', '--property=ActiveExitTimestamp', '--property=InactiveEnterTimestamp'];
  const shown = (await host.run(['systemctl', 'show', 'haproxy.service', ...times])).stdout;
  return {
    issuedAt: Number(stdout) * 1_000,
    leftAt: timestamp(shown, 'ActiveExitTimestamp'),
    inactiveAt: timestamp(shown, 'InactiveEnterTimestamp'),
  };
}

/** Pulls the cable at the bridge; resolves with the time right before. */
export async function pullCable(host: LabStageMember): Promise<number> {
  await sleep(Math.random() * 1_000);
  const issuedAt = wallMs();
  await host.host.cut();
  return issuedAt;
}

/** `Name=Sun 2026-11-22 11:23:15.123456 UTC` → milliseconds with their fraction. */
function timestamp(shown: string, name: string): number {
  const [, day, time, fraction] = new RegExp(`^${name}=\\w+ (\\S+) ([\\d:]+)\\.(\\d+) UTC$`, 'm').exec(shown) ?? [];
  if (day === undefined) throw new Error(`systemd gives no ${name}: ${shown}`);
  return Date.parse(`${day}T${time}Z`) + Number(`0.${fraction}`) * 1_000;
}
