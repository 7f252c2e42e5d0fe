import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabStage, LabStageMember } from '@serverctl/e2e/lab-stage';
import { wallMs } from '@serverctl/e2e/platform/wall-clock';
import { pullCable, type Stopped, stopHaproxy } from './fault.ts';
import { type Kind, priorities, renderKeepalived, virtualAddress, watcherScript } from './keepalived-conf.ts';
import { type Sightings, startSightings } from './sightings.ts';

/** One measured move of the virtual address: from the fault to the first connection that the other host answers. Wall-clock milliseconds. */
export interface Takeover {
  readonly from: string;
  readonly to: string;
  readonly issuedAt: number;
  readonly answeredAt: number;
  readonly stopped: Stopped | null;
}

/** HAProxy stopped and cable out, one after the other. */
export interface KeepalivedRound {
  readonly stop: Takeover & {
    /** When a client that comes every 10 ms was served again. */
    readonly clientBackAt: number;
  };
  readonly cut: Takeover;
}

const clientProgram = join(import.meta.dirname, 'client-main.ts');
const watcherFile = '/usr/local/bin/haproxy-watcher';
const watcherUnit = '/etc/systemd/system/haproxy-watcher.service';
/** Long enough for a start, a return to the preferred host and their gratuitous ARP, at one advertisement a second. */
const settleWithinMs = 20_000;
/** Several periods of whatever the kind does, so that everything is at rest when the fault comes. */
const restMs: Readonly<Record<Kind, number>> = { stock: 2_500, tuned: 1_000 };

/**
 * keepalived on two hosts for the length of one round: HAProxy stopped on the master, then, with the address back on it, its cable out.
 * Afterwards nothing of it runs any more.
 */
export async function keepalivedRound(
  stage: LabStage,
  kind: Kind,
  [preferred, other]: readonly [LabStageMember, LabStageMember],
  clientName: string,
  resolver: string,
): Promise<KeepalivedRound> {
  const probe = startSightings(stage, clientProgram, '2', virtualAddress);
  const client = startSightings(stage, clientProgram, '10', clientName, resolver);
  const between = { from: preferred.name, to: other.name };
  try {
    await Promise.all([start(preferred, kind, priorities.preferred), start(other, kind, priorities.other)]);
    await rest(probe, kind, preferred);
    const stopped = await stopHaproxy(preferred);
    const answeredAt = await takenOver(probe, other, stopped.issuedAt);
    const clientBackAt = await takenOver(client, other, stopped.issuedAt);
    await preferred.startHaproxy();
    await rest(probe, kind, preferred);
    const cutAt = await pullCable(preferred);
    const cutAnsweredAt = await takenOver(probe, other, cutAt);
    return {
      stop: { ...between, issuedAt: stopped.issuedAt, answeredAt, stopped, clientBackAt },
      cut: { ...between, issuedAt: cutAt, answeredAt: cutAnsweredAt, stopped: null },
    };
  } finally {
    await Promise.all([probe.stop(), client.stop()]);
    await preferred.host.heal();
    await Promise.all([stop(preferred), stop(other)]);
    await preferred.startHaproxy();
  }
}

/** Puts the watcher's files on a host, once. It is started with tuned keepalived only. */
export async function placeWatcher(host: LabStageMember, everyMs: number): Promise<void> {
  await host.host.writeFile(watcherFile, watcherScript(everyMs), 0o755);
  await host.host.writeFile(watcherUnit, `[Service]\nExecStart=${watcherFile}\nNice=-10\n`);
  await host.run(['systemctl', 'daemon-reload']);
}

async function start(host: LabStageMember, kind: Kind, priority: number): Promise<void> {
  await host.host.writeFile('/etc/keepalived/keepalived.conf', renderKeepalived(kind, priority));
  if (kind === 'tuned') await host.run(['systemctl', 'start', 'haproxy-watcher.service']);
  await host.run(['systemctl', 'start', 'keepalived.service']);
}

async function stop(host: LabStageMember): Promise<void> {
  await host.run(['systemctl', 'stop', 'keepalived.service', 'haproxy-watcher.service']);
}

/** Until the address answers from the preferred host, and everything had time to rest. */
async function rest(probe: Sightings, kind: Kind, preferred: LabStageMember): Promise<void> {
  const present = () => probe.history.at(-1)?.seen;
  const deadline = wallMs() + settleWithinMs;
  while (present() !== preferred.name) {
    if (wallMs() > deadline) throw new Error(`keepalived (${kind}): ${virtualAddress} answers from ${present()}`);
    await sleep(50);
  }
  await sleep(restMs[kind]);
}

async function takenOver(probe: Sightings, other: LabStageMember, since: number): Promise<number> {
  const seen = await probe.until(`${other.name} takes the address over`, since, (seen) => seen === other.name, 15_000);
  return seen.at;
}
