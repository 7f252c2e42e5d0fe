/** Where the mutated sources are, from the root of the repository. */
export const paths = {
  core: (file: string) => `packages/core/src/${file}.ts`,
  worker: (file: string) => `apps/server/src/worker/${file}.ts`,
  server: (file: string) => `apps/server/src/${file}.ts`,
  testkit: (file: string) => `testkit/src/${file}.ts`,
} as const;
