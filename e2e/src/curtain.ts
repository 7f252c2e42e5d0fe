import type { Stage } from './stage.ts';

/** The one end of a program that has a stage. */
export interface Curtain {
  /** Takes everything down, once, however often it is asked. */
  end(): Promise<void>;
  /** From then on whatever fails, fails because everything is taken down. */
  isFalling(): boolean;
}

/** Ends a program's stage at Ctrl+C and SIGTERM too; `stage` gives it as soon as there is one. */
export function curtainOf(stage: () => Stage | null, say: (line: string) => void): Curtain {
  let ending: Promise<void> | null = null;
  const end = () => {
    ending ??= stage()?.down() ?? Promise.resolve();
    return ending;
  };
  // Not once: the lab leaves a signal to us only while it sees our listener (lab/exit.ts).
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      say('Interrupted: taking everything down …');
      void end().finally(() => process.exit(130));
    });
  return { end, isFalling: () => ending !== null };
}
