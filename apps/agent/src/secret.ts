import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AgentFailure } from './errors.ts';

/** A terminal or a pipe; process.stdin is both. */
export type SecretInput = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

export interface SecretSource {
  readonly file: string | undefined;
  readonly input: SecretInput;
  /** Where the question goes; nothing typed is ever written to it. */
  readonly ask: (text: string) => void;
  readonly warn: (text: string) => void;
}

const longestInput = 4_096;
const groupOrWorld = 0o077;

/** The one-time secret, from its file, a pipe, or whoever sits at the terminal (R34). Throws AgentFailure. */
export async function readSecret({ file, input, ask, warn }: SecretSource): Promise<string> {
  if (file !== undefined && file !== '-') return checked(await readSecretFile(file, warn));
  if (input.isTTY !== true || input.setRawMode === undefined) return checked(await readPipe(input));
  input.setRawMode(true); // before the question: whoever answers at once must not be echoed either
  ask('Enrolment secret (it is not shown): ');
  try {
    return checked(await readTyped(input));
  } finally {
    input.setRawMode(false);
    ask('\n');
  }
}

async function readSecretFile(file: string, warn: (text: string) => void): Promise<string> {
  try {
    if (((await stat(file)).mode & groupOrWorld) !== 0) warn(`${file} can be read by other users of this host.`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AgentFailure('secret_unusable', `The secret's file ${file} cannot be read.`, { cause });
  }
}

async function readPipe(input: Readable): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > longestInput) break;
  }
  return text;
}

/** Ends at return; takes backspace, Ctrl-U and Ctrl-C as a terminal would. */
function readTyped(input: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (settle: () => void) => {
      input.off('data', take).off('end', ended);
      input.pause();
      settle();
    };
    const ended = () => finish(() => resolve(typed));
    const take = (chunk: Buffer | string) => {
      for (const key of String(chunk)) {
        if (key === '\r' || key === '\n' || key === '\u0004') return finish(() => resolve(typed));
        if (key === '\u0003') return finish(() => reject(new AgentFailure('secret_unusable', 'Given up.')));
        if (key === '\u0015') typed = '';
        else if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1);
        else if (typed.length < longestInput) typed += key;
      }
    };
    input.on('data', take).on('end', ended);
    input.resume();
  });
}

function checked(text: string): string {
  const secret = text.trim();
  if (/^[A-Za-z0-9_-]{16,128}$/.test(secret)) return secret;
  throw new AgentFailure(
    'secret_unusable',
    secret === '' ? 'No secret was given.' : 'This is not an enrolment secret.',
  );
}
