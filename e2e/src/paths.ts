import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export const paths = {
  root,
  server: join(root, 'apps/server/src/main.ts'),
  cli: join(root, 'apps/cli/src/main.ts'),
  agent: join(root, 'apps/agent/src/main.ts'),
  answerProbe: join(root, 'e2e/src/answer-probe-main.ts'),
};

/** The unit that runs the agent from the sources on a lab host. */
export function agentUnitFile(): Promise<string> {
  return readFile(join(root, 'apps/agent/serverctl-agent.service'), 'utf8');
}
