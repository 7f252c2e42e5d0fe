import { defineConfig } from 'vitest/config';

/** Scenarios on lab hosts: one file at a time, since each boots real machines on two cores. */
export default defineConfig({
  test: {
    include: ['e2e/scenarios/**/*.test.ts'],
    globalSetup: ['e2e/src/verdict-setup.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
