import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export const paths = {
  root,
  server: join(root, 'apps/server/src/main.ts'),
  cli: join(root, 'apps/cli/src/main.ts'),
  agent: join(root, 'apps/agent/src/main.ts'),
  answerProbe: join(root, 'e2e/src/answer-probe-main.ts'),
};
