import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFailure } from '../errors.ts';
import { readConfig } from '../identity.ts';
import { isThere } from '../install/files.ts';
import { type InstallPaths, unitName } from '../install/paths.ts';
import { removeState } from '../install/state-removal.ts';
import type { Systemctl } from '../install/systemctl.ts';
import { readLastKnown } from '../last-known.ts';

export interface UninstallParts {
  readonly paths: InstallPaths;
  readonly isRoot: boolean;
  readonly systemctl: Systemctl;
  /** True when whoever sits at the terminal agrees. Throws AgentFailure `usage` where nobody can be asked. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly say: (text: string) => void;
}

const question = 'Remove the agent and its enrolment from this host? HAProxy is not touched. [y/N] ';
const silenceMoves =
  'This member is the active one: once its agent is silent for the failover delay, the records move to a standby. ';

/**
 * Takes the agent off this host: afterwards its files are those from before. HAProxy is not touched (R43), nor is what the operator put
 * beside ours. The agent's own file goes last, so that a step that failed can be tried again with it.
 */
export async function uninstall(yes: boolean, parts: UninstallParts): Promise<void> {
  const { paths, say } = parts;
  if (!parts.isRoot) {
    throw new AgentFailure('not_installable', 'Uninstalling needs root.', { remedy: 'Run it again as root.' });
  }
  const member = await readConfig(paths.stateDirectory).catch(() => null);
  const isActive = (await readLastKnown(paths.stateDirectory))?.role === 'active';
  if (!yes && !(await parts.confirm(isActive ? `${silenceMoves}${question}` : question))) {
    say('Nothing was removed.');
    return;
  }
  const { wants, unit, stateDirectory, binary } = paths;
  const wasEnabled = await isThere(wants);
  await stopService(parts);
  await remove(wants);
  const removedUnit = await remove(unit);
  await forgetUnit(parts);
  await tried(paths.runtimeDirectory, () => rm(paths.runtimeDirectory, { recursive: true, force: true }));
  const state = await tried(stateDirectory, () => removeState(stateDirectory));
  const unpacked = await removeUnpacked(parts);
  const removed = [
    ...(wasEnabled ? [wants] : []),
    ...removedUnit,
    ...state.removed,
    ...unpacked,
    ...(await remove(binary)),
  ];
  say(removed.length === 0 ? 'Nothing of the agent was on this host.' : `Removed: ${removed.join(', ')}.`);
  await sayWhatIsKept(parts, state.kept);
  if (member === null) return;
  say(`If member ${member.memberId} is still listed at the control plane, remove it there:`);
  say(`  serverctl member remove ${member.poolName} ${member.memberId}`);
}

/** What install scripts that were killed left unpacked; each took its folder away otherwise. */
async function removeUnpacked({ paths: { staging } }: UninstallParts): Promise<readonly string[]> {
  const names = await readdir(staging.directory).catch(() => []);
  const folders = names.filter((name) => name.startsWith(staging.prefix)).map((name) => join(staging.directory, name));
  for (const folder of folders) await tried(folder, () => rm(folder, { recursive: true, force: true }));
  return folders;
}

async function sayWhatIsKept({ paths, say }: UninstallParts, stateKept: string | null): Promise<void> {
  if (stateKept !== null) say(`Kept: ${stateKept}, since something is in it that the agent did not put there.`);
  if (await isThere(paths.dropIns)) say(`Kept: ${paths.dropIns}, your own settings of the service.`);
}

/** A service that goes on running would write its files again, so this is the one step that must have worked. */
async function stopService({ paths, systemctl }: UninstallParts): Promise<void> {
  if (!(await isThere(paths.systemdRuns))) return;
  const stopped = await systemctl(['stop', unitName]); // fails where there is no such unit
  const { status } = await systemctl(['is-active', '--quiet', unitName]);
  if (status === 0) throw failed('stopping the service', stopped.output);
  if (!(await isThere(paths.unit))) return;
  const disabled = await systemctl(['disable', '--quiet', unitName]);
  if (disabled.status !== 0) throw failed('disabling the service', disabled.output);
}

/** Those of these files that were there. */
async function remove(...files: readonly string[]): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const file of files) {
    if (!(await isThere(file))) continue;
    await tried(file, () => rm(file, { force: true }));
    removed.push(file);
  }
  return removed;
}

async function tried<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw failed(`removing ${path}`, String(error));
  }
}

async function forgetUnit({ paths, systemctl }: UninstallParts): Promise<void> {
  if (!(await isThere(paths.systemdRuns))) return;
  const reloaded = await systemctl(['daemon-reload']);
  if (reloaded.status !== 0) throw failed('having systemd read its units', reloaded.output);
  await systemctl(['reset-failed', unitName]); // fails where it had not failed
}

function failed(name: string, why: string): AgentFailure {
  return new AgentFailure('step_failed', `${name} failed: ${why}`, {
    remedy: 'Mend that and run the same command again: it goes on from here.',
  });
}
