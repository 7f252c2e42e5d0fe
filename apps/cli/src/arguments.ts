import { Argument, Option } from 'commander';

/** Arguments and options that mean the same everywhere; completion asks for live names by these words. */
export const poolArgument = () => new Argument('<pool>', 'name or id of the pool');
export const memberArgument = (about = 'hostname or id of the member') => new Argument('<member>', about);
export const wideOption = () => new Option('-w, --wide', 'every column, nothing shortened');
export const yesOption = () => new Option('-y, --yes', 'do not ask');
export const reasonOption = () => new Option('--reason <text>', 'why, for the audit log');
