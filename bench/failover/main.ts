import { curtainOf } from '@serverctl/e2e/curtain';
import type { LabStage } from '@serverctl/e2e/lab-stage';
import { keepLogs } from '@serverctl/e2e/post-mortem';
import { labSupport } from '@serverctl/lab';
import { sayTo } from '../src/progress.ts';
import { figuresOf } from './figures.ts';
import { furnish, openStage } from './house.ts';
import { watchLoad } from './load.ts';
import { help, type Options, readOptions } from './options.ts';
import { renderRemarks, renderTable, renderValue } from './report.ts';
import { playRounds } from './rounds.ts';
import { keepValues } from './values.ts';

const options = readFlags();
const out = options.json ? process.stderr : process.stdout;
const say = sayTo(out);

let stage: LabStage | null = null;
const curtain = curtainOf(() => stage, say);

try {
  await measure(options);
} catch (error) {
  if (!curtain.isFalling()) await explain(error); // what ends because we take it down is no failure
} finally {
  await curtain.end();
}

async function measure({ json, verbose, runs, output, watcherMs }: Options): Promise<void> {
  const support = await labSupport();
  if (!support.possible) throw new Error(support.reason);
  stage = await openStage(say);
  const house = await furnish(stage, watcherMs, say);
  const values = keepValues(output);
  say(`${runs} rounds; every value goes into ${values.file}`);
  const frozenBefore = await house.frozenTicks();
  const loadSince = watchLoad();
  const roundsBegan = performance.now();
  await playRounds(house, runs, values, (round) => {
    const leftMs = ((performance.now() - roundsBegan) / round) * (runs - round);
    const last = values.all.filter((value) => value.round === round);
    say(
      `round ${round} of ${runs}, about ${Math.ceil(leftMs / 60_000)} min left: ${last.map(({ measure, ms }) => `${measure} ${Math.round(ms)}`).join(', ')}`,
    );
    if (verbose) for (const value of last) out.write(`${renderValue(value)}\n`);
  });
  const figures = figuresOf(values, runs, (await house.frozenTicks()) - frozenBefore, watcherMs);
  out.write(`\n${renderTable(values)}\n\n${renderRemarks(figures, loadSince())}\nvalues: ${values.file}\n`);
  await curtain.end();
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function readFlags(): Options {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== null) return read;
    process.stdout.write(help);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(2);
  }
}

/** Why it failed; the logs stay, and so do the values measured so far. */
async function explain(error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  say(`The benchmark failed: ${why}`);
  if (stage !== null) say(`The logs are in ${await keepLogs('bench-failover', stage)}.`);
  if (options.json) process.stdout.write(`${JSON.stringify({ error: why })}\n`);
  process.exitCode = 1;
}
