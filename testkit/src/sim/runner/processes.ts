import { type ChildProcess, fork } from 'node:child_process';
import type { SeedOrder, SeedReport } from './seed-report.ts';

/*
 * One process per core, each with a world at a time: a world is single-threaded, and a mutant must be armed before anything of the product
 * is loaded, so each process has one product, mutated or not, for its whole life.
 */

/** A process that runs worlds. */
export interface WorldProcess {
  /** Rejects when the process dies or the world throws: a mistake of the simulator, never a violation. */
  run(order: SeedOrder): Promise<SeedReport>;
  stop(): void;
}

/** What the process answers. */
export type Answer =
  | { readonly kind: 'report'; readonly report: SeedReport }
  | { readonly kind: 'failed'; readonly error: string };

/** Starts one; `mutant` names the bug to put in. */
export function startProcess(mutant: string | null): WorldProcess {
  const child = fork(`${import.meta.dirname}/child.ts`, mutant === null ? [] : [mutant], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  return {
    run: (order) => answerOf(child, order),
    stop: () => void child.kill(),
  };
}

function answerOf(child: ChildProcess, order: SeedOrder): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const over = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (message: unknown) => {
      over();
      const answer = message as Answer; // our own child.ts wrote it
      if (answer.kind === 'report') resolve(answer.report);
      else reject(new Error(`seed ${order.seed}: ${answer.error}`));
    };
    const onExit = (code: number | null, signal: string | null) => {
      over();
      reject(new Error(`seed ${order.seed}: its process ended with ${signal ?? code}`));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    if (!child.connected) onExit(child.exitCode, child.signalCode);
    else child.send(order);
  });
}
