import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where programs of this user keep what they remember (XDG Base Directory Specification: a relative path is passed over). */
export function stateHome(environment: NodeJS.ProcessEnv): string {
  const named = environment['XDG_STATE_HOME'] ?? '';
  return isAbsolute(named) ? named : join(homedir(), '.local/state');
}

/** Where a control plane on this host keeps its administrator token and its CA. */
export function dataDirectories(environment: NodeJS.ProcessEnv): readonly string[] {
  const named = environment['SERVERCTL_DATA_DIR'] ?? '';
  return [...(named === '' ? [] : [named]), '/var/lib/serverctl', join(stateHome(environment), 'serverctl')];
}
