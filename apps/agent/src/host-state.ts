import type { HaproxyTraffic, Heartbeat } from '@serverctl/contract/agent';
import type { ServiceManager } from './service-manager.ts';

/** The part of a heartbeat that is about the host. */
export type HostState = Pick<Heartbeat, 'hostname' | 'publicIpv4' | 'publicIpv6' | 'units' | 'packageLock' | 'haproxy'>;

/** What was declared of the host at its enrolment. */
export interface DeclaredNames {
  readonly hostname: () => string;
  readonly publicIpv4: string | null;
  readonly publicIpv6: string | null;
}

export interface HostParts extends DeclaredNames {
  readonly serviceManager: ServiceManager;
  /** Is a package manager at work? Never rejects. */
  readonly packageLock: () => Promise<boolean>;
  /** Does HAProxy still answer? Null when nothing is known to ask. Never rejects. */
  readonly answers: () => Promise<boolean | null>;
  /** News of HAProxy's traffic, told once; waits for nothing. */
  readonly takeTraffic: () => HaproxyTraffic | null;
}

/**
 * Reads the host for one beat. What takes time is asked first, so that the units are those of the instant in which
 * the beat is sent. HAProxy is asked only while a unit is stopping or reloading: then a working socket still counts (PRODUCT.md section 4).
 */
export async function readHost(parts: HostParts): Promise<HostState> {
  const isAsked = parts.serviceManager.report().some(socketCounts);
  const [packageLock, answers] = await Promise.all([parts.packageLock(), isAsked ? parts.answers() : null]);
  const units = parts.serviceManager.report();
  return {
    hostname: parts.hostname(),
    publicIpv4: parts.publicIpv4,
    publicIpv6: parts.publicIpv6,
    units: units.map((unit) => (socketCounts(unit) ? { ...unit, answers: unit.answers ?? answers } : unit)),
    packageLock,
    haproxy: parts.takeTraffic(),
  };
}

/** ActiveStates in which systemd cannot tell whether HAProxy serves. */
const transitions: ReadonlySet<string> = new Set(['deactivating', 'reloading', 'refreshing']);

function socketCounts(unit: { readonly activeState: string }): boolean {
  return transitions.has(unit.activeState);
}
