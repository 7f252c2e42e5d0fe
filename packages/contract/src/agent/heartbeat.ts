import type { UnitReport } from '@serverctl/core';

/** `POST /agent/v1/heartbeat`, `Authorization: Bearer <session token>`. */
export interface Heartbeat {
  readonly boot: number;
  /** Starts at 1 in each boot and rises strictly; a retry of an unanswered beat is a new seq (R35). */
  readonly seq: number;
  readonly hostname: string;
  readonly agentVersion: string;
  /** Declared by the operator on the host; null = the control plane uses what it sees. */
  readonly publicIpv4: string | null;
  readonly units: readonly UnitReport[];
  /** A dpkg or rpm lock is held on the host. */
  readonly packageLock: boolean;
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
