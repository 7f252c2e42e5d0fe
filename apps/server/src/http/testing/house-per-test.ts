import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@serverctl/core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type BuiltEdge, buildEdge } from './built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './operator-house.ts';

/** A fresh house with pool `edge` before each test of the file; closed after it. */
export function housePerTest(name: string): { readonly house: OperatorHouse; readonly edge: BuiltEdge } {
  const built = {} as { house: OperatorHouse; edge: BuiltEdge };
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), `sct-${name}-`));
  });
  beforeEach(async () => {
    built.house = await openOperatorHouse(directory);
    built.edge = await buildEdge(built.house);
    return () => built.house.close();
  });
  afterAll(() => rm(directory, { recursive: true }));
  return built;
}

/** What a call was refused with: its code and details; null when it was not. */
export function refusal(asked: Promise<unknown>): Promise<{ code: string; details: object } | null> {
  return asked.then(
    () => null,
    (error: unknown) => {
      if (!isAppError(error)) throw error;
      return { code: error.code, details: error.details };
    },
  );
}
