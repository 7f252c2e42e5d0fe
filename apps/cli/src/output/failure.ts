import { type AppError, exitCode, isAppError } from '@serverctl/core';
import { clean } from './table.ts';
import { paragraphs } from './width.ts';
import { localTime } from './words.ts';

/** Prints a failure in words (or as JSON) on standard error and returns the exit code of its category. */
export function reportFailure(error: unknown, json: boolean, write: (text: string) => void): number {
  if (!isAppError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    write(json ? `${JSON.stringify({ error: { code: 'internal', message } })}\n` : `Error: ${clean(message)}\n`);
    return exitCode.internal;
  }
  write(json ? `${JSON.stringify({ error: asJson(error) })}\n` : asText(error));
  return exitCode[error.category];
}

function asJson(error: AppError) {
  return { code: error.code, message: error.message, remedy: remedyOf(error), details: error.details };
}

/** The catalogue speaks of a file with the answer; where the details name no option for one, there is none. */
function remedyOf(error: AppError): string {
  const isForPersons = isAppError(error, 'answer_needed') && error.details['option'] === undefined;
  return isForPersons ? 'Answer at a terminal, without --json: only a person can do this.' : error.remedy;
}

function asText(error: AppError): string {
  const unsaid = Object.entries(error.details).filter(([name, value]) => !isSaid(error, name, value));
  const details = unsaid.map(
    ([name, value]) => `  ${name}: ${clean(Array.isArray(value) ? value.join('; ') : inWords(value))}\n`,
  );
  const text = `Error: ${error.message}\n${details.join('')}  What to do: ${remedyOf(error)}\n  (${error.code})\n`;
  return paragraphs(text, null, process.stderr.columns);
}

/** Whether the message of an invalid request, which is made of its details, has this in it: nothing is told twice. */
function isSaid(error: AppError, name: string, value: unknown): boolean {
  if (!isAppError(error, 'request_invalid') || !['fields', 'field', 'option', 'because'].includes(name)) return false;
  const texts = (Array.isArray(value) ? value : [value]).map((text) => String(text).replace(/^\w+[./]/, ''));
  return texts.every((text) => error.message.toLowerCase().includes(text.toLowerCase()));
}

/** Instants as everywhere in text: local, to the second; what there is none of is said so. */
function inWords(value: unknown): string {
  if (value === null) return 'none';
  const text = String(value);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) ? localTime(text) : text;
}
