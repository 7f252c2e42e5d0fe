import { type AgentConfig, type Identity, loadIdentity } from './identity.ts';
import type { Clock } from './platform/clock.ts';
import type { Log } from './platform/log.ts';

export interface IdentityWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly stateDirectory: string;
  readonly onChanged: (identity: Identity) => void;
}

export interface IdentityWatch {
  /** Looks now, besides the regular looks. */
  look(): void;
  stop(): void;
}

/**
 * The control plane may know the new key a moment before agent.json names it, and a host that becomes another member keeps a key that
 * is still valid: its refusals alone do not tell when to look. Reading one small file costs next to nothing.
 */
const lookEveryMs = 1_000;

/** Tells when this host was enrolled anew. What cannot be read or used changes nothing: the present identity goes on. */
export function watchIdentity(present: AgentConfig, parts: IdentityWatchParts): IdentityWatch {
  const { clock, log, stateDirectory, onChanged } = parts;
  let known = JSON.stringify(present);
  let isLooking = false;
  let isStopped = false;
  let told = '';
  let cancel = clock.after(lookEveryMs, regularLook);

  function regularLook(): void {
    cancel = clock.after(lookEveryMs, regularLook);
    void look();
  }

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      const identity = await loadIdentity(stateDirectory, (config) => JSON.stringify(config) !== known);
      if (identity === null || isStopped) return;
      known = JSON.stringify(identity.config);
      onChanged(identity);
    } catch (error) {
      const why = String(error);
      if (why !== told) log.warn('another identity cannot be used; going on with the present one', { why });
      told = why;
    } finally {
      isLooking = false;
    }
  }

  return {
    look: () => void look(),
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
