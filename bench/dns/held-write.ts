import type { CloudflareEmulator, FaultPlan } from '@serverctl/dns/testing';

/** A write on its way. */
export interface HeldWrite {
  /** Resolves once it was sent. */
  readonly sent: Promise<void>;
  /** Lets it arrive. */
  release(): void;
}

/** The next write of that kind reaches the emulator, and takes effect once it is released; its caller may be gone by then. */
export function holdAt({ inject }: Pick<CloudflareEmulator, 'inject'>, write: FaultPlan): HeldWrite {
  const sent = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const until = () => {
    sent.resolve();
    return released.promise;
  };
  inject({ kind: 'delay', until }, write);
  return { sent: sent.promise, release: released.resolve };
}
