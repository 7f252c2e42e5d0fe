import { createInterface } from 'node:readline';
import { paths } from './paths.ts';
import type { Stage } from './stage.ts';

export interface Answer {
  /** Wall-clock milliseconds at which this answer was first seen. */
  readonly at: number;
  readonly addresses: readonly string[];
}

/** What the authoritative server answers, watched without a break: the scenarios' only witness. */
export interface AnswerProbe {
  readonly history: readonly Answer[];
  present(): readonly string[];
  /** The first answer of exactly `address` seen at or after `since`; rejects at the deadline with what was seen instead. */
  until(address: string, options: { since: number; withinMs: number }): Promise<Answer>;
  stop(): Promise<void>;
}

export function startAnswerProbe(stage: Stage, name: string): AnswerProbe {
  const child = stage.spawnAtClient([
    process.execPath,
    paths.answerProbe,
    stage.dns.address,
    String(stage.dns.port),
    name,
  ]);
  const history: Answer[] = [];
  const watchers = new Set<() => void>();
  if (child.stdout === null) throw new Error('the probe has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    history.push(JSON.parse(line) as Answer);
    for (const watch of [...watchers]) watch();
  });
  return {
    history,
    present: () => history.at(-1)?.addresses ?? [],
    until: (address, { since, withinMs }) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          watchers.delete(look);
          reject(
            new Error(
              `${name} did not answer ${address} within ${withinMs} ms; it answers [${history.at(-1)?.addresses.join(', ')}]`,
            ),
          );
        }, withinMs);
        const look = () => {
          const last = history.at(-1);
          const found = holds(last, address)
            ? (history.find((answer) => answer.at >= since && holds(answer, address)) ?? last)
            : undefined;
          if (found === undefined) return;
          clearTimeout(deadline);
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

function holds(answer: Answer | undefined, address: string): boolean {
  return answer?.addresses.length === 1 && answer.addresses[0] === address;
}
