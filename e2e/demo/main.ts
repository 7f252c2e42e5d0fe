import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { labSupport } from '@serverctl/lab';
import { curtainOf } from '../src/curtain.ts';
import { labStage } from '../src/lab-stage.ts';
import { localStage } from '../src/local-stage.ts';
import { keepLogs, lastLines } from '../src/post-mortem.ts';
import type { Stage } from '../src/stage.ts';
import { buildDoor } from './door.ts';
import { makeGuest } from './guest.ts';
import { guide } from './guide.ts';
import { type Move, plan, play } from './play.ts';

const help = `script/demo [--once] [--json] [--local]
  Starts the control plane on its embedded database, an authoritative name
  server (BIND) and three real agents: on lab hosts with systemd and HAProxy when
  root, else as local processes. Makes a pool, stops the active member's HAProxy,
  shows the record move, then leaves everything open: the dashboard in a browser
  on this machine, and a key here for each thing that may go wrong at an edge.
  --once    end after the move; exit status 0 only if the answer moved
  --json    progress on standard error, one JSON object as the last line of
            standard output
  --local   local processes even where lab hosts are possible
`;

const values = readFlags();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const out = values.json ? process.stderr : process.stdout;
const began = performance.now();
const say = (line: string) =>
  void out.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);

let stage: Stage | null = null;
const curtain = curtainOf(() => stage, say);

try {
  stage = await openStage();
  const door = await buildDoor(stage);
  const { move, plane } = await play(stage, door.origin, say);
  report(move, stage.hosts);
  if (!values.once && process.stdin.isTTY) {
    door.open();
    const guest = await makeGuest(stage, plane, door.origin);
    await guide({ stage, plane, poolName: plan.name, guest, say });
  } else if (!values.once)
    say('Not a terminal, so nothing stays open; run script/demo in one to go on in the dashboard.');
  process.exitCode = move.moved ? 0 : 1;
} catch (error) {
  if (!curtain.isFalling()) await explain(error); // what ends because we take it down is no failure
} finally {
  await curtain.end();
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        local: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(2);
  }
}

/** Why it failed, with the last words of those who may know more; their whole logs stay, nothing else does. */
async function explain(error: unknown): Promise<void> {
  say(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  if (stage !== null) {
    const kept = await keepLogs('demo', stage);
    for (const name of await readdir(kept)) say(`${name} ends with:\n${await lastLines(join(kept, name))}`);
    say(`The logs are in ${kept}.`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ moved: false, error: String(error) })}\n`);
  process.exitCode = 1;
}

async function openStage(): Promise<Stage> {
  const support = values.local ? { possible: false as const, reason: '--local was asked for' } : await labSupport();
  if (support.possible) {
    say('Three lab hosts with real systemd and HAProxy, on a network of their own.');
    return labStage(3, say);
  }
  say(`Local processes with a simulated service manager and no HAProxy (${support.reason}).`);
  return localStage(3, say);
}

function report(move: Move, hosts: Stage['hosts']): void {
  say(
    move.moved
      ? `The answer moved from ${move.from} to ${move.to}, ${move.haproxyStopToAnswerMs} ms after HAProxy stopped.`
      : 'The answer did not move.',
  );
  if (values.json) process.stdout.write(`${JSON.stringify({ ...move, hosts })}\n`);
}
