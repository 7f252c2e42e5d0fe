import { emitKeypressEvents } from 'node:readline';
import type { PoolView } from '@serverctl/contract';
import { promotions, untilPool } from '../src/edge.ts';
import { paths } from '../src/paths.ts';
import type { Plane } from '../src/plane.ts';
import type { Stage, StageMember } from '../src/stage.ts';
import { clientCount, startClients } from './clients.ts';
import type { Guest } from './guest.ts';

export interface GuideOptions {
  readonly stage: Stage;
  readonly plane: Plane;
  readonly poolName: string;
  /** That the clients use. */
  readonly managedName: string;
  /** Where the play has stopped HAProxy. */
  readonly stopped: StageMember;
  readonly guest: Guest;
  readonly say: (line: string) => void;
}

/** The failover delay of the demo's pool, and as long again. */
const moveWithinMs = 60_000;

/** What is said of each, and what where there is none. */
type Words = readonly [word: string, none: string];

interface Turn {
  readonly key: string;
  readonly word: string;
  readonly act: () => Promise<void>;
}

/** Leaves everything open: the dashboard in a browser, and one key here for each thing that goes wrong at an edge. Ends with q or Ctrl+C. */
export async function guide(options: GuideOptions): Promise<void> {
  const { stage, plane, managedName, guest, say } = options;
  const turns = turnsOf(options);
  startClients(stage, managedName);
  say(
    `Everything stays open now, and ${clientCount} clients of the demo use ${managedName}: the sessions on the pages are theirs.`,
  );
  process.stdout.write(`
  Dashboard   ${guest.origin}
  Sign in     ${guest.email}   ${guest.password}
              The certificate is of this demo’s own CA: the browser asks once.
              On another machine: ssh -L ${new URL(guest.origin).port}:127.0.0.1:${new URL(guest.origin).port} THIS-MACHINE, then the same address.

${turns.map(({ key, word }) => `  ${key}  ${word}`).join('\n')}
  w  the live table in this terminal
  q  end, and take everything down

`);
  for (;;) {
    const key = await nextKey();
    if (key === 'q') return void process.stdin.setRawMode(false);
    if (key === 'w') await watch(stage, plane);
    const turn = turns.find((one) => one.key === key);
    await turn?.act().catch((error: unknown) => say(wordsOf(error)));
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function turnsOf({ stage, plane, poolName, stopped: first, say }: GuideOptions): readonly Turn[] {
  const stopped = new Set([first]);
  const cut = new Set<StageMember>();
  const active = async (): Promise<StageMember> => {
    const { status, epoch } = await plane.cli<PoolView>('pool', 'show', poolName);
    const { hostname } = status.members.find(({ role }) => role === 'active') ?? {};
    const found = stage.members.find((member) => member.hostname === hostname);
    if (found === undefined) throw new Error('No member is active.');
    // Said as soon as it is so, whatever the person does meanwhile.
    void untilPool(plane, poolName, 'the record moved', (pool) => pool.epoch > epoch, moveWithinMs)
      .then(() => promotions(plane, poolName))
      .then(
        ([last]) => say(last?.sentence ?? 'It moved.'),
        () => say('The record has not moved: the dashboard says why.'),
      );
    return found;
  };
  const undo = async (all: Set<StageMember>, act: (member: StageMember) => Promise<void>, [word, none]: Words) => {
    if (all.size === 0) say(none);
    for (const member of all) {
      say(`${word} ${member.hostname} …`);
      await act(member);
      all.delete(member);
    }
  };
  return [
    {
      key: '1',
      word: 'stop HAProxy on the active member: the record moves within about a second',
      async act() {
        const member = await active();
        say(`Stopping HAProxy on ${member.hostname} …`);
        stopped.add(member);
        await member.stopHaproxy();
      },
    },
    {
      key: '2',
      word: 'start it again wherever it is stopped: ready after 10 s of unbroken health',
      act: () =>
        undo(stopped, (member) => member.startHaproxy(), [
          'Starting HAProxy again on',
          'HAProxy is stopped on no host.',
        ]),
    },
    {
      key: '3',
      word: 'unplug the active member: the record moves after 30 s of silence',
      async act() {
        const member = await active();
        say(`Unplugging ${member.hostname} …`);
        cut.add(member);
        await member.cut();
      },
    },
    {
      key: '4',
      word: 'plug in whatever is unplugged',
      act: () => undo(cut, (member) => member.heal(), ['Plugging in', 'No host is unplugged.']),
    },
  ];
}

/** One key of the person; Ctrl+C and the end of the input are a q. */
function nextKey(): Promise<string> {
  const { stdin } = process;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true).resume();
  return new Promise((resolve) => {
    const leave = (key: string) => {
      stdin.off('keypress', onKey).off('end', onEnd);
      stdin.pause();
      resolve(key);
    };
    const onKey = (text: string | undefined, { name, ctrl }: { name?: string; ctrl?: boolean }) =>
      leave(ctrl && (name === 'c' || name === 'd') ? 'q' : (text ?? ''));
    const onEnd = () => leave('q');
    stdin.once('keypress', onKey).once('end', onEnd);
  });
}

/** The live table, where the control plane stands, until the person leaves it. */
async function watch(stage: Stage, plane: Plane): Promise<void> {
  process.stdin.setRawMode(false);
  const child = stage.spawnAtPlane([process.execPath, paths.cli, 'watch'], {
    env: plane.environment,
    stdio: 'inherit',
  });
  await new Promise((resolve) => child.once('exit', resolve));
}
