import type { UnitReport } from '@serverctl/core';

/** The greatest figures that count as news of HAProxy; the agent leaves out a reading beyond them, the control plane refuses it. */
export const trafficLimits = {
  versionLength: 64,
  uptimeSeconds: 2 ** 31,
  sessions: 10_000_000,
  ratePerSecond: 10_000_000,
} as const;

/** What HAProxy's stats socket says of its traffic: for people, never evidence of a decision. */
export interface HaproxyTraffic {
  /** As HAProxy writes it; printable ASCII. */
  readonly version: string;
  /** Of the present worker: a reload starts it anew. */
  readonly uptimeSeconds: number;
  /** Open now over all frontends; a client that keeps its connection counts, whether it asks anything or not. */
  readonly sessions: number;
  /** New sessions in the last second, over all frontends. */
  readonly sessionRate: number;
  /** HTTP requests in the last second, over all frontends; a TCP frontend has none. */
  readonly requestRate: number;
}

/** `POST /agent/v1/heartbeat`, `Authorization: Bearer <session token>`. */
export interface Heartbeat {
  readonly boot: number;
  /** Starts at 1 in each boot and rises strictly; a retry of an unanswered beat is a new seq (R35). */
  readonly seq: number;
  readonly hostname: string;
  readonly agentVersion: string;
  /** Declared by the operator on the host; null = the control plane uses what it sees. */
  readonly publicIpv4: string | null;
  /** The same of the other family. Missing from older agents, which have none. */
  readonly publicIpv6?: string | null;
  readonly units: readonly UnitReport[];
  /** A dpkg or rpm lock is held on the host. */
  readonly packageLock: boolean;
  /** A reading that no beat before carried; null in the beats between two readings (about every 5 s), and while HAProxy says nothing. Missing from older agents. */
  readonly haproxy?: HaproxyTraffic | null;
}

/** What the control plane wants of the agent from now on. */
export interface HeartbeatReply {
  readonly role: 'active' | 'standby' | 'none';
  readonly epoch: number;
  /** Units to watch; empty when nothing is monitored. */
  readonly units: readonly string[];
  readonly intervalMs: number;
  /** True when `(boot, seq)` was not new: retried or reordered, harmless, counted (R35). */
  readonly dropped: boolean;
}

/** Every refusal on every route, agent and operator alike. */
export interface ErrorReply {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly details: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
    readonly requestId: string;
  };
}
