import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentConfig } from './identity.ts';
import { isObject } from './replies.ts';
import { readFileIfThere } from './state-files.ts';

/*
 * A file in the service's runtime directory, which systemd empties at each stop: written once, when the control plane heard this
 * identity for the first time since the start. So `install` can say that the agent which runs now is heard, and nothing is written
 * while beats go on.
 */
const markFile = 'heard.json';

/** Nothing depends on it but the words of `install`: a failure is not one of the agent. */
export async function writeHeardMark(directory: string, { memberId, keyFile }: AgentConfig): Promise<void> {
  const path = join(directory, markFile);
  await writeFile(`${path}.new`, `${JSON.stringify({ memberId, keyFile })}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** True when the agent that runs was heard as this identity. */
export async function hasHeardMark(directory: string, { keyFile }: AgentConfig): Promise<boolean> {
  const text = await readFileIfThere(directory, markFile).catch(() => null);
  if (text === null) return false;
  const mark: unknown = JSON.parse(text);
  return isObject(mark) && mark['keyFile'] === keyFile;
}
