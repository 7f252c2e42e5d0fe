import { AppError, type ErrorCode, isAppError } from '@serverctl/core';
import { paragraphs } from './output/width.ts';
import { ask, hasTerminal } from './platform/terminal.ts';
import { readLines } from './secret-file.ts';

/** Whether a person can be asked: on a terminal, and not by a program that reads JSON. */
export function canAsk(json: boolean): boolean {
  return hasTerminal() && !json;
}

interface Asking {
  readonly yes: boolean;
  readonly json: boolean;
  /** What a person was told before the question. With `--json` nobody was, so the refusal says it. */
  readonly shown?: readonly string[];
}

/** Asks for a yes on a terminal. Without one, or with `--json`, only `--yes` is a yes. Throws `confirmation_required`, `not_confirmed`. */
export async function confirm(question: string, { yes, json, shown = [] }: Asking): Promise<void> {
  if (yes) return;
  if (!canAsk(json))
    throw new AppError('confirmation_required', { question: json ? [...shown, question].join('\n') : question });
  const answer = await ask(lastLine(`${question} [y/N] `), { hidden: false });
  if (!/^y(es)?$/i.test((answer ?? '').trim())) throw new AppError('not_confirmed');
}

/** What a command asks, one after the other. */
export interface Answers {
  /** Shown while it is typed. */
  line(question: string): Promise<string>;
  /** Never shown, and taken as it is: a password may begin or end with a space. */
  secret(question: string): Promise<string>;
  /** Asked twice at a terminal, since nobody sees what is typed. */
  newSecret(question: string): Promise<string>;
}

/**
 * From the lines of the file that `option` names (`-` for standard input) in the order of the questions; without it from the terminal, which
 * is the only way where there is no such option (null).
 */
export function answersFrom(option: string | null, file: string | undefined, json: boolean): Answers {
  return file === undefined || option === null ? typedAnswers(option, json) : fileAnswers(option, file);
}

/** What is not shown is easily mistyped; and the clock of a telephone turns between two looks. */
const attempts = 3;

/** Attempts it again, with these words, as often as it is refused by one of `wrong`; the third refusal is the end. */
export async function untilRight<Done>(
  wrong: readonly ErrorCode[],
  words: string,
  attempt: () => Promise<Done>,
): Promise<Done> {
  for (let left = attempts - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0 || !wrong.some((code) => isAppError(error, code))) throw error;
      process.stderr.write(`${words}\n`);
    }
  }
}

function typedAnswers(option: string | null, json: boolean): Answers {
  const way = option === null ? {} : { option };
  const typed = async (question: string, hidden: boolean): Promise<string> => {
    const because = json ? '--json asks nobody' : 'there is no terminal to ask at';
    if (!canAsk(json)) throw new AppError('answer_needed', { asked: question, because, ...way });
    const answer = await ask(lastLine(`${question}: `), { hidden });
    if (answer === null || answer === '') throw new AppError('answer_needed', { asked: question, ...way });
    return answer;
  };
  const secret = (question: string) => typed(question, true);
  return {
    line: (question) => typed(question, false),
    secret,
    newSecret: async (question) => {
      const first = await secret(question);
      if ((await secret(`${question}, once more`)) === first) return first;
      throw new AppError('answer_needed', { asked: question, because: 'the two were not the same', ...way });
    },
  };
}

function fileAnswers(option: string, file: string): Answers {
  let left: readonly string[] | null = null;
  const next = async (question: string): Promise<string> => {
    left ??= readLines(option, file);
    const [line = '', ...others] = left;
    left = others;
    if (line === '')
      throw new AppError('answer_needed', { asked: question, because: 'the file has no line for it', option, file });
    return line;
  };
  return { line: next, secret: next, newSecret: next };
}

/** A question that is longer than the terminal is broken; the answer is typed behind its last line. */
function lastLine(question: string): string {
  const lines = paragraphs(question.trimEnd(), null, process.stderr.columns).split('\n');
  const last = lines.pop() ?? '';
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return `${last} `;
}
