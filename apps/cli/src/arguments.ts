import { AppError } from '@serverctl/core';
import { Argument, InvalidArgumentError, Option } from 'commander';

/** Arguments and options that mean the same everywhere; completion asks for live names by these words. */
export const poolArgument = () => new Argument('<pool>', 'name or id of the pool').argParser(named);
export const memberArgument = (about = 'hostname or id of the member') =>
  new Argument('<member>', about).argParser(named);
export const userArgument = () => new Argument('<user>', 'e-mail address or id of the user').argParser(named);
export const wideOption = () => new Option('-w, --wide', 'every column, nothing shortened');
export const yesOption = () => new Option('-y, --yes', 'do not ask');
export const reasonOption = () => new Option('--reason <text>', 'why, for the audit log').argParser(named);

/** The reason of an act that can be previewed, as it is sent. Throws `request_invalid` where there is none, and it is no preview. */
export function reasonOf({ reason, preview = false }: { readonly reason?: string; readonly preview?: boolean }) {
  if (reason !== undefined) return { reason };
  if (preview) return {};
  throw new AppError('request_invalid', {
    because: '--reason is needed: why, for the audit log; a --preview needs none',
  });
}

/** An empty word is seldom meant: a variable of the shell that is not set. */
export function named(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}
