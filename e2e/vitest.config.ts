import { defineConfig } from 'vitest/config';

/**
 * Scenarios on lab hosts: two labs side by side, since they mostly wait; each has networks and hosts of its own. With three on two processors
 * a beat was late once while one lab's systemd restarted HAProxy in a storm, and the scenarios count every one.
 */
export default defineConfig({
  test: {
    include: ['e2e/scenarios/**/*.test.ts'],
    globalSetup: ['e2e/src/verdict-setup.ts'],
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
