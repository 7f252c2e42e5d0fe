import { defineConfig } from 'vitest/config';

/** Unit, property and contract tests. The lab scenarios have a configuration of their own in e2e/. */
export default defineConfig({
  test: {
    include: [
      'packages/**/*.test.ts',
      'apps/**/*.test.ts',
      'testkit/**/*.test.ts',
      'lab/**/*.test.ts',
      'script/**/*.test.ts',
      'e2e/src/**/*.test.ts',
      'e2e/browser/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    globalSetup: ['lab/named-setup.ts', 'e2e/browser/contact-sheet.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
