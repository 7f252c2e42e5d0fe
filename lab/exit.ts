/**
 * Runs what must happen before this process is gone. Synchronous on purpose: on exit nothing else runs any more.
 * A signal for which the program has its own listener is left to it; the exit that follows is seen here.
 */
const last = new Set<() => void>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let listening = false;

export function beforeExit(work: () => void): () => void {
  if (!listening) listen();
  last.add(work);
  return () => last.delete(work);
}

function listen(): void {
  listening = true;
  process.on('exit', runAll);
  for (const name of signals) {
    const onSignal = (): void => {
      if (process.listenerCount(name) > 1) return;
      runAll();
      process.off(name, onSignal);
      process.kill(process.pid, name); // dies of it after all, so the parent sees the true cause
    };
    process.on(name, onSignal);
  }
}

function runAll(): void {
  for (const work of last) {
    last.delete(work);
    try {
      work();
    } catch (error) {
      process.stderr.write(`While cleaning up: ${String(error)}\n`);
    }
  }
}
