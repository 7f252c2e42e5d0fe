import { AgentFailure } from './errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `work`, given up when somebody presses Ctrl-C or closes the terminal meanwhile, so that whoever waits can take back what was laid
 * down for it; by default the signal would end the process on the spot. Rejects with AgentFailure `given_up`.
 */
export function interruptible<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new AgentFailure('given_up', 'Given up before the control plane had answered.'));
    for (const signal of signals) process.on(signal, giveUp);
    work.then(resolve, reject).finally(() => {
      for (const signal of signals) process.off(signal, giveUp);
    });
  });
}
