import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

/**
 * Errors that vitest caught outside of any test: they fail the run, and its JSON report does not know of them. Each is written as a file that
 * failed, in the same form, to the path in UNHANDLED_REPORT, so that the closing lines can name it (count-tests.ts).
 */
export default class UnhandledReporter implements Reporter {
  onTestRunEnd(...[, errors]: Parameters<NonNullable<Reporter['onTestRunEnd']>>): void {
    const path = process.env['UNHANDLED_REPORT'];
    if (path === undefined || errors.length === 0) return;
    const testResults = errors.map(({ name, message, stack }) => ({
      name: 'outside of any test',
      status: 'failed',
      message: `${name}: ${message} ${stack ?? ''}`,
      assertionResults: [],
    }));
    writeFileSync(path, JSON.stringify({ numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults }));
  }
}
