/** Names and addresses of a lab. Pure: the same run id gives the same plan, so any command can find any lab. */
export const subnet = '10.77.0';
export const prefixLength = 24;
/** Members are .11 to .19 and more; the fixed hosts stay below. */
export const maxMembers = 40;

const fixedHosts = { plane: 2, dns: 3, client: 4 } as const;

export interface PlannedHost {
  readonly name: string;
  readonly address: string;
  /** Fixed, as on real hardware: neighbours would go on sending to the old one for seconds after a reboot. */
  readonly hardwareAddress: string;
  readonly namespace: string;
  /** Its end of the cable on the bridge side; interface names have 15 characters at most. */
  readonly port: string;
}

export interface Plan {
  readonly runId: string;
  readonly bridgeNamespace: string;
  readonly plane: PlannedHost;
  readonly dns: PlannedHost;
  readonly client: PlannedHost;
  readonly members: readonly PlannedHost[];
}

export function planLab(runId: string, memberCount: number): Plan {
  if (!/^[a-z0-9]{1,4}$/.test(runId)) throw new RangeError(`A run id is 1 to 4 of a-z and 0-9, not "${runId}".`);
  if (!Number.isInteger(memberCount) || memberCount < 0 || memberCount > maxMembers) {
    throw new RangeError(`A lab has 0 to ${maxMembers} members, not ${memberCount}.`);
  }
  const host = (name: string, last: number): PlannedHost => ({
    name,
    address: `${subnet}.${last}`,
    hardwareAddress: `02:5c:7b:00:00:${last.toString(16).padStart(2, '0')}`,
    namespace: `sct-${runId}-${name}`,
    port: `sct-${runId}-${name}`,
  });
  return {
    runId,
    bridgeNamespace: `sct-${runId}-br`,
    plane: host('plane', fixedHosts.plane),
    dns: host('dns', fixedHosts.dns),
    client: host('client', fixedHosts.client),
    members: Array.from({ length: memberCount }, (_, index) => host(`m${index + 1}`, 11 + index)),
  };
}

export function hostsOf(plan: Plan): PlannedHost[] {
  return [plan.plane, plan.dns, plan.client, ...plan.members];
}
