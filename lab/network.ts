import { existsSync } from 'node:fs';
import { hostsOf, type Plan, type PlannedHost, prefixLength } from './plan.ts';
import { mustRun } from './shell.ts';

/**
 * Lays the cables: one bridge in a namespace of its own, every host in another, no address on the bridge and no
 * route out, so that no packet can leave and labs side by side may use the same addresses.
 */
export async function layNetwork(plan: Plan): Promise<void> {
  await batch([], [`netns add ${plan.bridgeNamespace}`]);
  await batch(
    ['-n', plan.bridgeNamespace],
    ['link add br0 type bridge forward_delay 0 mcast_snooping 0', 'link set br0 up'],
  );
  for (const host of hostsOf(plan)) await plugIn(plan, host);
}

/** Gives a host its network: a namespace, and a cable to the bridge with the same hardware address every time. */
export async function plugIn(plan: Plan, host: PlannedHost): Promise<void> {
  await batch([], [`netns add ${host.namespace}`]);
  await batch(
    ['-n', plan.bridgeNamespace],
    [
      `link add ${host.port} type veth peer name eth0 address ${host.hardwareAddress} netns ${host.namespace}`,
      `link set ${host.port} master br0 up`,
    ],
  );
  await batch(
    ['-n', host.namespace],
    [
      'link set lo up',
      `address add ${host.address}/${prefixLength} dev eth0`,
      'link set eth0 up',
      ...neighbours(plan, host),
    ],
  );
}

/**
 * Everyone knows everyone's hardware address for good. Otherwise the kernel would look for a lost host itself and
 * say "no route" after three seconds, where hosts in different networks hear nothing at all; and a healed cable
 * would wait for the next look.
 */
function neighbours(plan: Plan, host: PlannedHost): string[] {
  return hostsOf(plan)
    .filter((other) => other !== host)
    .map(({ address, hardwareAddress }) => `neigh replace ${address} lladdr ${hardwareAddress} dev eth0 nud permanent`);
}

/**
 * The cable and the host's network stack are gone. A host without power must not answer with a reset, and no
 * half-closed connection of its former life may go on when it boots again: both would be the kernel speaking.
 */
export async function unplug(plan: Plan, host: PlannedHost): Promise<void> {
  await batch(['-n', plan.bridgeNamespace], [`link delete ${host.port}`]);
  await batch([], [`netns delete ${host.namespace}`]);
}

export function isPluggedIn(host: PlannedHost): boolean {
  return existsSync(`/run/netns/${host.namespace}`);
}

/** Pulls or plugs the cable at the bridge: the host itself sees only its carrier go. */
export async function setCable(plan: Plan, host: PlannedHost, state: 'up' | 'down'): Promise<void> {
  await mustRun(['ip', '-n', plan.bridgeNamespace, 'link', 'set', host.port, state]);
}

/** Put before a program to run it on a host's network. The process that starts is the program itself. */
export function enterNetwork(namespace: string): string[] {
  return ['nsenter', `--net=/run/netns/${namespace}`, '--'];
}

async function batch(where: readonly string[], lines: readonly string[]): Promise<void> {
  await mustRun(['ip', ...where, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}
