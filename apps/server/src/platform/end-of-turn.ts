import { setImmediate } from 'node:timers/promises';

/** Resolves when all that this turn of the event loop began has had its say. No time passes but what that takes. */
export async function endOfTurn(): Promise<void> {
  await setImmediate();
}
