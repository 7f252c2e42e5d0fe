import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The only place of the lab that reads the environment. */
export const isRoot = process.getuid?.() === 0;

/** Where costly artefacts live between runs: the members' root, an unpacked name server. */
export function cacheDirectory(): string {
  const { SERVERCTL_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  if (SERVERCTL_CACHE_DIR) return resolve(SERVERCTL_CACHE_DIR);
  if (isRoot) return '/var/cache/serverctl-lab';
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'serverctl-lab');
}

/** Where labs keep their disks and logs unless told otherwise. Nothing else is ever put there. */
export function labsDirectory(): string {
  return join(cacheDirectory(), 'labs');
}

/**
 * Says which labs exist on this machine, whoever started them. Not in the cache: like the namespaces it names,
 * it must be gone after a reboot.
 */
export const registryDirectory = isRoot ? '/run/serverctl-lab' : join(tmpdir(), 'serverctl-lab');

/** The work tree that members see read-only at /opt/serverctl. */
export const repositoryDirectory = resolve(import.meta.dirname, '..');
