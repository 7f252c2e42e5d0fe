import { once } from 'node:events';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import type { Answer, Answers, Ask } from './messages.ts';

/** The generator's process, as its parent sees it. */
export interface Generator {
  ask<Kind extends Ask['kind']>(ask: Extract<Ask, { kind: Kind }>): Promise<Answers[Kind]>;
  end(): Promise<void>;
}

export function startGenerator(): Generator {
  const child: Child = startChild([process.execPath, join(import.meta.dirname, 'generator-main.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    async ask(ask) {
      child.process.send(ask);
      const [message] = await Promise.race([
        once(child.process, 'message'),
        child.ended.then((how) => Promise.reject(new Error(`The generator ended by itself (${how}).`))),
      ]);
      const answer = message as Answer;
      if ('failure' in answer) throw new Error(answer.failure);
      return answer.result as never;
    },
    end: child.end,
  };
}
