#!/usr/bin/env node
import { exitCode } from '@serverctl/core';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  // commander has printed help or the usage error already; everything else is reported by the command itself.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : exitCode.invalid;
}
