/** Ends of what was started; each is added when it is there to be ended. */
export type Started = (() => Promise<unknown>)[];

/**
 * Everything that was started is ended in the reverse order, however the run ends: also by a signal, whose exit status is 130. A failure is
 * told and is exit status 1; what fails because it is being ended is none.
 */
export async function runToItsEnd(run: (started: Started) => Promise<void>): Promise<void> {
  const started: Started = [];
  let ending: Promise<void> | null = null;
  const end = () => {
    ending ??= (async () => {
      for (const stop of started.reverse()) await stop();
    })();
    return ending;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void end().finally(() => process.exit(130)));
  try {
    await run(started);
  } catch (error) {
    if (ending === null) {
      process.stderr.write(`The benchmark failed: ${words(error)}\n`);
      process.exitCode = 1;
    }
  } finally {
    await end();
  }
}

/** What went wrong, down to the first cause. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${words(error.cause)})`;
}
