import type { Fault, Prepared } from './faults.ts';

/** What a request meets on its way. */
export interface Trip {
  readonly act: () => Promise<Prepared>;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Resolves when the client has left. */
  readonly gone: Promise<unknown>;
  /** Locks everybody out for so long, and gives the refusal. */
  readonly lockOut: (seconds: number) => Prepared;
}

/** Takes a request to an emulated API through its faults, in the order they were added. */
export async function meetFaults(faults: readonly Fault[], trip: Trip): Promise<Prepared | 'silence' | 'close'> {
  for (const fault of faults) {
    if (fault.kind === 'late') await trip.gone;
    if (fault.kind === 'late' || fault.kind === 'delay')
      await ('until' in fault ? fault.until() : trip.sleep(fault.ms));
    if (fault.kind === 'drift') await fault.change();
    if (fault.kind === 'before') return { ...emptyReply, ...fault.reply };
    if (fault.kind === 'lock-out') return trip.lockOut(fault.seconds);
    if ((fault.kind === 'silence' || fault.kind === 'close') && !fault.applied) return fault.kind;
  }
  const reply = await trip.act();
  for (const fault of faults) {
    if (fault.kind === 'silence' || fault.kind === 'close') return fault.kind;
    if (fault.kind === 'after') return { ...emptyReply, ...fault.reply };
    if (fault.kind === 'alter') fault.change(reply);
  }
  return reply;
}

const emptyReply: Prepared = { status: 500, headers: {}, text: '' };
