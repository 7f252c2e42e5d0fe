import { tmpdir } from 'node:os';
import { makeStageDirectory } from '@serverctl/e2e/stage-directory';
import { startGenerator } from '../src/generator.ts';
import { addPools, poolsOf } from '../src/members.ts';
import { readBenchOptions } from '../src/options.ts';
import { type MeasuredPlane, startPlane } from '../src/plane.ts';
import { cpuMicrosOf, descendantsCpuMicros, requireOpenFiles, residentMegabytes } from '../src/process-usage.ts';
import { sayTo } from '../src/progress.ts';
import { runToItsEnd, type Started } from '../src/run-to-its-end.ts';
import { counter, figuresOf, type PlaneSample, shortcomings } from './figures.ts';
import { measure, warmUpSeconds } from './measure.ts';
import { measurePeer } from './peer.ts';
import { table } from './report.ts';

const help = `script/bench heartbeats [--members N] [--seconds N] [--plain] [--json]
  What a heartbeat costs. A real control plane with its embedded database hears
  members that were added and enrolled like any other, each with a key, a token,
  a sequence and one kept TLS connection of its own, from a process of its own.
  Then the same requests go to a bare Node server that answers a constant: the
  floor. CPU is counted per process; the database's apart.
  --members N   default 1000
  --seconds N   measured time, after ${warmUpSeconds} s of warm-up; default 30, at least 20
  --plain       HTTP without TLS, for comparison
  --json        the last line of standard output is one JSON object
  Exit status 0 only when every beat was accepted, at most 4 statements a second
  were written, and beats came at the full rate.
`;

const options = readBenchOptions(
  help,
  { members: { value: 1_000, least: 2, most: 5_000 }, seconds: { value: 30, least: 20, most: 300 } },
  ['plain', 'json'],
);
const { members, seconds } = options;
/** As fleets are: many small pools, each judged by itself. */
const membersPerPool = 4;
const out = options.json ? process.stderr : process.stdout;
const say = sayTo(out);

await runToItsEnd(run);

async function run(started: Started): Promise<void> {
  requireOpenFiles(members);
  const directory = await makeStageDirectory(tmpdir());
  started.push(() => directory.remove());
  const plane = await startPlane(directory.path, { SERVERCTL_TLS: options.plain ? 'off' : 'on' });
  started.push(plane.child.end);
  say(`The control plane listens on ${plane.address.url}; adding ${members} members …`);
  const pools = await addPools(plane.client, poolsOf(members, membersPerPool));
  const added = pools.flatMap((pool) => pool.members);
  const generator = startGenerator();
  started.push(generator.end);
  say('Enrolling them: a key, a nonce, a proof and a token each …');
  await generator.ask({ kind: 'enrol', at: plane.address, members: added });
  say(`Beating: ${warmUpSeconds} s of warm-up, ${seconds} s measured, ${members} connections …`);
  const measured = await measure(generator, plane.address, seconds, () => samplePlane(plane));
  const acceptedByPlane = counter(await samplePlane(plane), 'accepted');
  await plane.child.end();
  say('The same beats to a bare Node server …');
  const peer = await measurePeer(generator, plane.tls, plane.address.ca, seconds);
  const figures = figuresOf(members, measured, peer);
  const problems = shortcomings(figures, acceptedByPlane, measured);
  out.write(`\n${table(figures)}\n\n`);
  for (const problem of problems) say(`Not good: ${problem}.`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...figures, settings: settings(plane) })}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

async function samplePlane({ child, client }: MeasuredPlane): Promise<PlaneSample> {
  const { counters } = await client.liveness();
  return {
    atMs: performance.now(),
    serverCpuMicros: cpuMicrosOf(child.pid),
    databaseCpuMicros: descendantsCpuMicros(child.pid),
    serverRssMb: residentMegabytes(child.pid),
    counters,
  };
}

/** What differs from a default of the product, and what the load was. */
function settings({ address }: MeasuredPlane) {
  const tls = address.url.startsWith('https:');
  return { tls, connections: members, membersPerPool, warmUpSeconds, node: process.version };
}
