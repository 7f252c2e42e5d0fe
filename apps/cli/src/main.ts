#!/usr/bin/env node
import { outliveReader } from './platform/closed-pipe.ts';
import { run } from './run.ts';

outliveReader();
await run(process.argv.slice(2));
