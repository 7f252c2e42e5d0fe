import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { makeStageDirectory } from '@serverctl/e2e/stage-directory';
import { describeLoad, type Load, watchLoad } from '../failover/load.ts';
import { monotonicMs } from '../src/monotonic.ts';
import { readBenchOptions } from '../src/options.ts';
import { requireOpenFiles } from '../src/process-usage.ts';
import { sayTo } from '../src/progress.ts';
import { runToItsEnd, type Started } from '../src/run-to-its-end.ts';
import { beyondAims, figuresOf, shortcomings } from './figures.ts';
import { measureAll } from './measure.ts';
import { renderFigures } from './report.ts';
import { poolSettings, poolSizes, setStage } from './stage.ts';
import { invite } from './visitor.ts';

const help = `script/bench dashboard [--loads N] [--changes N] [--seconds N] [--profile] [--json]
  How the dashboard does with 1,000 live members in 200 pools: a real control plane
  on its embedded database, its packaged page in a real Chromium, members that
  enrolled and beat over TLS, pools published at a real BIND. Beside a bare page
  that asks for the same list each second.
    loads      of the pools list into an empty browser: its scripts by gzip, the
               largest contentful paint, the layout's shift
    looked at  list and two overviews: what scripts take of each second
    changes    pools renamed by the API, HAProxys that stop: from the server's
               answer until the page's document says it
  Needs Chromium and no root; BIND is unpacked where it is not installed. About seven
  minutes.
  --loads N     fresh loads of each page, default 7
  --changes N   of each kind, default 100
  --seconds N   each page is looked at, default 30
  --profile     writes V8's CPU profiles to ./bench-profiles, and measures with them
  --json        progress on standard error, one JSON object as the last line of
                standard output
  Exit status 0 only when all was measured, beats came at the full rate, and scripts
  and shift are within their limits (230 KB, 0.02). An aim that is not met is told.
`;

const options = readBenchOptions(
  help,
  {
    loads: { value: 7, least: 1, most: 50 },
    changes: { value: 100, least: 1, most: 150 },
    seconds: { value: 30, least: 5, most: 300 },
  },
  ['profile', 'json'],
);
const [members, pools] = [1_000, 200];
const out = options.json ? process.stderr : process.stdout;
const say = sayTo(out);

await runToItsEnd(run);

async function run(started: Started): Promise<void> {
  requireOpenFiles(members);
  const directory = await makeStageDirectory(tmpdir());
  started.push(() => directory.remove());
  const stage = await setStage(directory.path, poolSizes(members, pools), started, say);
  const visitor = await invite(stage.plane);
  started.push(() => visitor.close());
  const loadSince = watchLoad();
  const measured = await measureAll(stage, visitor, { ...options, profiles: profileDirectory() }, say);
  const load = loadSince();
  const beatSeconds = (monotonicMs() - stage.beatsSinceMs) / 1_000;
  const outcome = await stage.generator.ask({ kind: 'stop' });
  const figures = figuresOf(measured, { members, pools });
  const problems = shortcomings(figures, measured, outcome, beatSeconds);
  out.write(`\n${renderFigures(figures)}\nload: ${describeLoad(load)}\n\n`);
  for (const aim of beyondAims(figures)) say(`Beyond its aim: ${aim}.`);
  for (const problem of problems) say(`Not good: ${problem}.`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...figures, settings: settings(load) })}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function profileDirectory(): string | null {
  if (!options.profile) return null;
  const directory = resolve('bench-profiles');
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** What differs from a default of the product, and what the load was. */
function settings(load: Load) {
  const [large, cards] = poolSizes(members, pools);
  const { loads, changes, seconds, profile } = options;
  return { ...poolSettings, large, cards, loads, changes, seconds, profile, load, node: process.version };
}
