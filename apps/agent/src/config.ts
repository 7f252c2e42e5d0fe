import { resolve } from 'node:path';
import { runtimeVariables } from '@serverctl/contract/agent';

/** Where things are, and what the environment says of them. The only file that reads process.env. */
export const defaultStateDirectory = '/var/lib/serverctl-agent';
export const systemBusSocket = '/run/dbus/system_bus_socket';

/** Order of preference: option, our own variable, systemd's StateDirectory=, default. */
export function stateDirectory(option: string | undefined): string {
  const fromSystemd = process.env['STATE_DIRECTORY']?.split(':')[0];
  return resolve(option ?? process.env['SERVERCTL_AGENT_STATE_DIR'] ?? fromSystemd ?? defaultStateDirectory);
}

/** `systemd`, or `simulated:/path/file.json`. */
export function serviceManagerSpec(option: string | undefined): string {
  return option ?? process.env['SERVERCTL_AGENT_SERVICE_MANAGER'] ?? 'systemd';
}

/** True when standard output goes to the journal, which stamps each line itself. */
export function runsUnderJournal(): boolean {
  return process.env['JOURNAL_STREAM'] !== undefined;
}

/** systemd's RuntimeDirectory=, emptied at each stop of the service; null when it is not the service that runs. */
export function runtimeDirectory(): string | null {
  return process.env['RUNTIME_DIRECTORY']?.split(':')[0] ?? null;
}

/** Those that are set of what the runtime reads before our first line. */
export function foreignRuntimeVariables(): readonly string[] {
  return runtimeVariables.filter((name) => process.env[name] !== undefined);
}
