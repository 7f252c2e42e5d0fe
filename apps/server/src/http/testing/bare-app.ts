import type { FastifyInstance } from 'fastify';
import { type AppOptions, createApp } from '../app.ts';
import type { OperatorHouse } from './operator-house.ts';

/** The parts of an app to which nobody is known, and which asks nobody. */
export const bareParts: Omit<AppOptions, 'deps' | 'logger'> = {
  authenticator: { prove: async () => null, isKnown: () => false, noteBegun: () => {} },
  metrics: { text: async () => '', contentType: 'text/plain', request: () => {} },
  onEvent: () => () => {},
  onPoolChange: () => () => {},
  agents: null,
  readiness: async () => ({ ready: true, checks: [] }),
  liveness: async () => ({ counters: {}, gaps: [] }),
  version: '0.0.0',
};

/** One more app on the house's parts, to which nobody is known: for what holds for an app however it is made. */
export function openBareApp({ deps, app }: OperatorHouse, options: Partial<AppOptions> = {}): Promise<FastifyInstance> {
  return createApp({ ...bareParts, deps, logger: app.log, ...options });
}
