import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once it holds, looked at every `everyMs`; throws with words when that takes longer than `patienceMs`. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 60_000,
  everyMs = 20,
): Promise<void> {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > patienceMs) throw new Error(`Not in ${patienceMs / 1_000} s: ${what}.`);
    await sleep(everyMs);
  }
}
