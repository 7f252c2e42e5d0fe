import { defineConfig } from 'vitest/config';

/** Scenarios on lab hosts: three labs side by side, since they mostly wait; each has networks and hosts of its own. */
export default defineConfig({
  test: {
    include: ['e2e/scenarios/**/*.test.ts'],
    globalSetup: ['e2e/src/verdict-setup.ts'],
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
