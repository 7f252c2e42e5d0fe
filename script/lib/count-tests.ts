import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Adds up the reports of the test runs, names what was skipped, and prints the closing line `N passed, N failed`.
 * Fails when a run failed, when nothing ran, and in CI when anything was skipped.
 */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const [runStatus = '1', directory = '.'] = process.argv.slice(2);
const reports = readdirSync(directory).map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Report);
const sum = (pick: (report: Report) => number) => reports.reduce((total, report) => total + pick(report), 0);

const skippedNames = reports.flatMap((report) =>
  (report.testResults ?? []).flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName),
  ),
);
const passed = sum((report) => report.numPassedTests);
const skipped = sum((report) => report.numPendingTests + (report.numTodoTests ?? 0));
// A file that could not be loaded has no test of its own, yet it failed.
const brokenFiles = sum(
  (report) =>
    (report.testResults ?? []).filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length,
);
let failed = sum((report) => report.numFailedTests) + brokenFiles;

for (const name of skippedNames) console.log(`skipped: ${name}`);
if (process.env['CI'] === 'true') failed += skipped;
if (failed === 0 && runStatus !== '0') failed = 1;
if (passed === 0 && failed === 0) failed = 1;
if (skipped > 0)
  console.log(`${skipped} skipped${process.env['CI'] === 'true' ? ', which counts as failed in CI' : ''}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
