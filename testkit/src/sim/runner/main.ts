import { availableParallelism } from 'node:os';
import { findMutant } from '../mutants/all-mutants.ts';
import { sometimesNames } from '../sometimes.ts';
import { help, type Options, readOptions } from './options.ts';
import { renderSummary, renderViolations } from './print.ts';
import { runMutants } from './run-mutants.ts';
import { runSeeds } from './run-seeds.ts';
import type { SeedReport } from './seed-report.ts';
import { isGood, summarise } from './summary.ts';

const say = (text: string) => void process.stderr.write(`${text}\n`);

const options = readFlags();
if (options.seed !== null) await showSeed(options, options.seed);
else if (options.mutants) await huntMutants(options);
else await judgeSeeds(options);

async function judgeSeeds({ from, seeds, minutes, jobs, json }: Options): Promise<void> {
  const began = performance.now();
  const progress = progressOf(seeds, began);
  const reports = await runSeeds({ from, seeds, minutes, jobs }, (report) => {
    if (report.violations.length > 0) say(renderViolations(report));
    progress(report);
  });
  const summary = summarise(reports, sometimesNames, performance.now() - began);
  process.exitCode = isGood(summary) ? 0 : 1;
  (json ? say : print)(renderSummary(summary));
  if (json) print(JSON.stringify(summary));
}

async function huntMutants({ from, seeds, minutes, jobs, json, only }: Options): Promise<void> {
  const found = await runMutants({ from, seeds, minutes, jobs, only }, say);
  const survivors = found.filter(({ killedBy }) => killedBy === null).map(({ name }) => name);
  process.exitCode = survivors.length === 0 ? 0 : 1;
  const line = { mutants: found.length, killed: found.length - survivors.length, survivors };
  (json ? say : print)(
    `${line.killed} of ${line.mutants} mutants were found.${survivors.length === 0 ? '' : ` Survivors: ${survivors.join(', ')}.`}`,
  );
  if (json) print(JSON.stringify(line));
}

async function showSeed({ minutes, trace, json }: Options, seed: number): Promise<void> {
  const { runSeed, traceSeed } = await import('./run-seed.ts');
  if (trace) {
    print(`digest ${await traceSeed({ seed, minutes }, print)}`);
    return;
  }
  const report = await runSeed({ seed, minutes });
  if (report.violations.length > 0) {
    say(renderViolations(report));
    process.exitCode = 1;
  }
  if (json) print(JSON.stringify(report));
  else print(`seed ${seed}: ${report.events} events, ${report.violations.length} violations, digest ${report.digest}`);
}

function progressOf(seeds: number, began: number): (report: SeedReport) => void {
  let done = 0;
  let simulatedMs = 0;
  let violations = 0;
  let told = began;
  return (report) => {
    done += 1;
    simulatedMs += report.simulatedMs;
    violations += report.violations.length;
    const now = performance.now();
    if (now - told < 10_000 && done < seeds) return;
    told = now;
    const speed = Math.round(simulatedMs / (now - began));
    say(
      `${done} of ${seeds} seeds, ${(simulatedMs / 3_600_000).toFixed(1)} simulated hours, ${speed} times as fast as life, ${violations} violations`,
    );
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readFlags(): Options {
  try {
    const read = readOptions(process.argv.slice(2), availableParallelism());
    if (read?.only != null) findMutant(read.only);
    if (read !== null) return read;
    process.stdout.write(help);
    process.exit(0);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)} See script/sim --help.`);
    process.exit(2);
  }
}
