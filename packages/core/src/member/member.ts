import type { MemberId, PoolId } from '../ids.ts';

/** The role chosen at enrolment (PRODUCT.md section 1). */
export const memberTemplates = ['haproxy-balancer', 'linux-server'] as const;
/** One of `memberTemplates`. */
export type MemberTemplate = (typeof memberTemplates)[number];

/** What a person decides about a member; `checkMemberSettings` says what is allowed. */
export interface MemberSettings {
  readonly hostname: string;
  /** Addresses or CIDR ranges, IPv4 and IPv6, from which the member's agent may reach us (R36). Never empty. */
  readonly allowedEgress: readonly string[];
  /** The address the managed record holds when this member is active; null = as reported or seen. */
  readonly publicIpv4: string | null;
  /** The same for its AAAA; null = as reported or seen. */
  readonly publicIpv6: string | null;
  readonly template: MemberTemplate;
  /** Whether systemd's word about HAProxy counts as health here. */
  readonly monitored: boolean;
  /** Unit names watched by the agent, default `haproxy.service`; unhealthy when any is. */
  readonly units: readonly string[];
  /** Lower is preferred; the lowest is the member failback returns to. */
  readonly priority: number;
  /** What fails together: a data centre, a provider's region (R9). */
  readonly zone: string;
}

/** An enrolled or expected host of one pool. */
export interface Member extends MemberSettings {
  readonly id: MemberId;
  readonly poolId: PoolId;
}

/** The unit that is watched when none is named. */
export const defaultUnit = 'haproxy.service';
/** Of a new member: all alike, so nobody is preferred until a person says so. */
export const defaultPriority = 100;
/** The zone of members without a label (R9). */
export const unlabelledZone = 'unlabelled';
