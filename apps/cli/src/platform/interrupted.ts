import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How a shell tells an end by a signal: this and the signal's number. */
const endedBySignal = 128;

/**
 * Does `work`; a signal that ends this process meanwhile calls `clean` first. It exits then and does not signal itself, so that Node gives the
 * terminal back as it was: typing that is not shown would outlive us.
 */
export async function cleanedUp<Done>(work: () => Promise<Done>, clean: () => void): Promise<Done> {
  const leave = (signal: (typeof signals)[number]) => {
    clean();
    process.exit(endedBySignal + constants.signals[signal]);
  };
  for (const signal of signals) process.on(signal, leave);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, leave);
  }
}
