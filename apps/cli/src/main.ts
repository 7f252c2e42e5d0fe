#!/usr/bin/env node
import { reportFailure } from './output/failure.ts';
import { outliveReader } from './platform/closed-pipe.ts';
import { run } from './run.ts';

const line = process.argv.slice(2);
outliveReader((error) => {
  process.exitCode = reportFailure(error, line.includes('--json'), (text) => process.stderr.write(text));
});
await run(line);
