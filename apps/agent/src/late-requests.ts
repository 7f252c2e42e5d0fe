import type { ClientRequest } from 'node:http';
import type { Clock } from './platform/clock.ts';

/*
 * A request without a reply in time is over for its caller, but its connection is left to the kernel for a while: under packet loss it
 * is the one that is made already, its data is sent again and again, and it can serve the next beat. A new one needs a handshake, packet
 * by packet, before it carries anything: closed at the time-out, with half of the packets lost, the agent was silent for more than 30 s
 * now and then. What arrives late and is not the newest the control plane drops (R35).
 */

/** For the control plane's sake: a fleet that waits for it must not come with a crowd of connections each. */
export const lateLimit = 3;
const lateMs = 4_000;

export interface LateRequests {
  /** Gives the request `lateMs` more, or less when `lateLimit` younger ones come. */
  leave(outgoing: ClientRequest): void;
  /** Gives all of them up. */
  close(): void;
}

export function createLateRequests(clock: Clock): LateRequests {
  const late = new Set<ClientRequest>();
  return {
    leave(outgoing) {
      const cancel = clock.after(lateMs, () => outgoing.destroy());
      late.add(outgoing);
      outgoing.once('close', () => {
        cancel();
        late.delete(outgoing);
      });
      const [oldest] = late;
      if (late.size > lateLimit) oldest?.destroy();
    },
    close() {
      for (const outgoing of late) outgoing.destroy();
    },
  };
}
