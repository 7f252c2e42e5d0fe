import { AgentFailure } from './errors.ts';
import type { SecretInput } from './secret.ts';

/** Asks whoever sits at the terminal; anything but yes is no. Throws AgentFailure `usage` where nobody does. */
export function confirm(question: string, input: SecretInput, ask: (text: string) => void): Promise<boolean> {
  if (input.isTTY !== true) throw new AgentFailure('usage', 'Nobody can be asked here. Add --yes to go on without.');
  ask(question);
  return new Promise((resolve) => {
    let typed = '';
    const finish = () => {
      input.off('data', take).off('end', finish);
      input.pause();
      resolve(/^y(es)?$/i.test((typed.split('\n')[0] ?? '').trim()));
    };
    const take = (chunk: Buffer | string) => {
      typed += String(chunk);
      if (typed.includes('\n')) finish();
    };
    input.on('data', take).on('end', finish);
    input.resume();
  });
}
