import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Adds up the reports of the test runs, names what failed and what was skipped, and prints the closing line `N passed, N failed`.
 * A log is mostly read from its end, so what failed is named there, with the first words of why.
 * Fails when a run failed, when nothing ran, and in CI when anything was skipped but for want of data that is not ours to keep here.
 */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

const [runStatus = '1', directory = '.'] = process.argv.slice(2);
const reports = readdirSync(directory)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Report);
const sum = (pick: (report: Report) => number) => reports.reduce((total, report) => total + pick(report), 0);

const skippedNames = reports.flatMap((report) =>
  (report.testResults ?? []).flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName),
  ),
);
/** Words of a skip that is allowed everywhere: a vendor's own description, read where it is at hand and never copied into the project. */
const optionalData = '(skipped: optional data';
const optional = skippedNames.filter((name) => name.includes(optionalData)).length;
const passed = sum((report) => report.numPassedTests);
const skipped = sum((report) => report.numPendingTests + (report.numTodoTests ?? 0));
// A file that could not be loaded has no test of its own, yet it failed; so have a part that is no test file, and an error outside of any test.
const brokenFiles = sum(
  (report) =>
    (report.testResults ?? []).filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length,
);
let failed = sum((report) => report.numFailedTests) + brokenFiles;

/** The first lines of what a test said, short enough for a log's end. */
const shortly = (text = 'said nothing') => text.split('\n').slice(0, 3).join(' ').slice(0, 600);
const failures = reports.flatMap((report) =>
  (report.testResults ?? []).flatMap((file) => {
    if (file.status === 'failed' && file.assertionResults.length === 0)
      return [`${file.name}: ${shortly(file.message)}`];
    const failedHere = file.assertionResults.filter(({ status }) => status === 'failed');
    return failedHere.map((test) => `${file.name}: ${test.fullName}: ${shortly(test.failureMessages?.[0])}`);
  }),
);

for (const name of skippedNames) console.log(`skipped: ${name}`);
for (const failure of failures) console.log(`failed: ${failure.replace(`${process.cwd()}/`, '')}`);
if (process.env['CI'] === 'true') failed += skipped - optional;
if (failed === 0 && runStatus !== '0') {
  failed = 1;
  console.log('failed: a run ended with an error, and none of its tests did: its own output says why');
}
if (passed === 0 && failed === 0) failed = 1;
if (skipped > 0)
  console.log(
    `${skipped} skipped${process.env['CI'] === 'true' && skipped > optional ? `, ${skipped - optional} of them count as failed in CI` : ''}`,
  );
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
