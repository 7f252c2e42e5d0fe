import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { labSupport } from '@serverctl/lab';
import { curtainOf } from '../src/curtain.ts';
import { labStage } from '../src/lab-stage.ts';
import { localStage } from '../src/local-stage.ts';
import { keepLogs, lastLines } from '../src/post-mortem.ts';
import type { Stage } from '../src/stage.ts';
import { buildDoor } from './door.ts';
import { readFlags } from './flags.ts';
import { makeGuest } from './guest.ts';
import { guide } from './guide.ts';
import { type Move, play } from './play.ts';

const flags = readFlags();
const out = flags.json ? process.stderr : process.stdout;
const began = performance.now();
const say = (line: string) =>
  void out.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);

let stage: Stage | null = null;
const curtain = curtainOf(() => stage, say);

try {
  stage = await openStage();
  const door = await buildDoor(stage);
  const { move, ...played } = await play({ stage, dns: flags.dns, origin: door.origin, say });
  report(move, stage.hosts);
  if (!flags.once && process.stdin.isTTY) {
    door.open();
    const guest = await makeGuest(stage, played.plane, door.origin);
    await guide({ ...played, stage, guest, say });
  } else if (!flags.once)
    say('Not a terminal, so nothing stays open; run script/demo in one to go on in the dashboard.');
  process.exitCode = move.moved ? 0 : 1;
} catch (error) {
  if (!curtain.isFalling()) await explain(error); // what ends because we take it down is no failure
} finally {
  await curtain.end();
}

/** Why it failed, with the last words of those who may know more; their whole logs stay, nothing else does. */
async function explain(error: unknown): Promise<void> {
  say(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  if (stage !== null) {
    const kept = await keepLogs('demo', stage);
    for (const name of await readdir(kept)) say(`${name} ends with:\n${await lastLines(join(kept, name))}`);
    say(`The logs are in ${kept}.`);
  }
  if (flags.json) process.stdout.write(`${JSON.stringify({ moved: false, error: String(error) })}\n`);
  process.exitCode = 1;
}

async function openStage(): Promise<Stage> {
  const support = flags.local ? { possible: false as const, reason: '--local was asked for' } : await labSupport();
  if (support.possible) {
    say('Three lab hosts with real systemd and HAProxy, on a network of their own.');
    return labStage(3, say);
  }
  say(`Three local processes in place of hosts: ${support.reason}`);
  say('SIMULATED: systemd and HAProxy. Each agent reads from a file whether its HAProxy runs; none does, and a small');
  say('HTTP server of the demo stands in for each. The hosts are named m1 to m3.simulated.test for it.');
  say('Real: the agents, the control plane with its database, the name server and what it answers.');
  return localStage(3, say, { domain: 'simulated.test', standIns: true });
}

function report(move: Move, hosts: Stage['hosts']): void {
  say(
    move.moved
      ? `The answer moved from ${move.from} to ${move.to}, ${move.haproxyStopToAnswerMs} ms after HAProxy stopped.`
      : 'The answer did not move.',
  );
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...move, hosts, dns: flags.dns })}\n`);
}
