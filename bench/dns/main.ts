import { setup } from '../../lab/named-setup.ts';
import { describeLoad, watchLoad } from '../failover/load.ts';
import { readBenchOptions } from '../src/options.ts';
import { sayTo } from '../src/progress.ts';
import { parts } from './parts.ts';

const help = `script/bench dns [--only PART]... [--promotions N] [--json]
  What DNS providers are asked, and how they bear what goes wrong, on the real
  store (PostgreSQL) and the server's own way out:
    names      1,000 of one zone at Cloudflare (emulated) that move with one commit:
               requests and time, beside the same names one by one
    decisions  from the failover loop's decision to the first request, failover
               after failover
    racers     20 writers that replace one record at once: how many won
    late       a write at Cloudflare that is late by ten minutes
    faults     16 faults at memory; BIND, Knot and PowerDNS by RFC 2136; Cloudflare,
               cPanel and WHM (emulated), but for those that bench/dns/left-out.ts
               leaves out, each with its reason; judged after 35 s
  Needs no root; BIND, Knot and PowerDNS are unpacked where they are not installed.
  About three minutes.
  --only PART     this part alone; may be given more than once
  --promotions N  failovers, default 200
  --json          progress on standard error, one JSON object as the last line of
                  standard output
  Exit status 0 only when, of what was measured: at most 12 requests moved 1,000
  names and none waited for the budget, the p99 of decisions is at most 20 ms, there
  are 40 cells or more, none that is to be there is missing, every fault was met, and
  no cell is wrong after 35 s or has more than one write too many, one writer won
  everywhere but at Cloudflare, and late writes were corrected within 35 s.
`;

const options = readBenchOptions(help, { promotions: { value: 200, least: 1, most: 200 } }, ['json'], { only: parts });
const out = options.json ? process.stderr : process.stdout;
const say = sayTo(out);
/** What is asked for (R22). */
const names = 1_000;

/** The engine and the name server that we started end with us. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  await setup(); // before anything that starts BIND is loaded
  await run();
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The benchmark failed: ${why}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ error: why })}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const [{ measureParts }, { figuresOf }, { shortcomings }, { renderFigures, renderMatrix }] = await Promise.all([
    import('./measure.ts'),
    import('./figures.ts'),
    import('./shortcomings.ts'),
    import('./report.ts'),
  ]);
  const loadSince = watchLoad();
  const measured = await measureParts({ parts: options.only, names, promotions: options.promotions }, say);
  const load = loadSince();
  const figures = figuresOf(measured);
  const { matrix } = measured;
  const problems = shortcomings(figures, matrix?.cells ?? []);
  if (matrix !== undefined) out.write(`\n${renderMatrix(matrix)}\n`);
  out.write(`\n${renderFigures(figures)}\nload: ${describeLoad(load)}\n`);
  for (const problem of problems) say(`Not good: ${problem}.`);
  const settings = { ...settingsOf(options.promotions), parts: options.only, load, node: process.version };
  if (options.json) process.stdout.write(`${JSON.stringify({ ...figures, settings })}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

/** What differs from the product's defaults, and what the load was. */
function settingsOf(promotions: number) {
  return {
    names,
    promotions: {
      count: promotions,
      haproxyGraceMs: 0,
      heartbeats: 'in memory',
      brakes: 'released as by a person (R10)',
    },
    cloudflare: 'emulated, on loopback, without TLS; a limit of 1,200 requests in 5 min',
    panels: 'emulated, on loopback, over TLS with a pinned certificate',
    database: 'embedded, with its own settings',
  };
}
