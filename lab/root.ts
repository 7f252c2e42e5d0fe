import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { fingerprintOf, maskedUnits, onDemandUnits, rootPackages } from './root-recipe.ts';
import { cacheDirectory } from './settings.ts';
import { mustRun } from './shell.ts';

const buildTimeoutMs = 600_000;

/**
 * The directory all members are laid over. Built once (about 25 s) and kept; a build that dies leaves only a
 * directory with another name, so what is found is whole.
 */
export async function ensureRoot(
  extraPackages: readonly string[],
  onProgress: (line: string) => void,
): Promise<string> {
  const packages = [...rootPackages, ...extraPackages];
  const suite = (await mustRun(['sh', '-c', '. /etc/os-release; echo "$VERSION_CODENAME"'])).trim();
  const name = `root-${suite}-${fingerprintOf(suite, packages)}`;
  const directory = join(cacheDirectory(), name);
  if (existsSync(directory)) return directory;
  await mkdir(cacheDirectory(), { recursive: true });
  await withLock(join(cacheDirectory(), `${name}.lock`), async () => {
    if (existsSync(directory)) return; // built by the one we waited for
    onProgress('building the members’ root (once, about 25 s)');
    const draft = `${directory}.draft`;
    await rm(draft, { recursive: true, force: true });
    await build(draft, suite, packages);
    await finish(draft);
    await rename(draft, directory);
  });
  return directory;
}

async function build(draft: string, suite: string, packages: readonly string[]): Promise<void> {
  const dropped = ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*', '/usr/share/info/*'];
  const argv = [
    ...['mmdebstrap', '--mode=root', '--variant=apt', '--format=directory', '--quiet'],
    '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg',
    '--dpkgopt=force-unsafe-io', // a cache that breaks is built again
    ...dropped.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...(await acquireSettings()).map((setting) => `--aptopt=${setting}`),
    `--include=${packages.join(',')}`,
    ...[suite, draft, '-'],
  ];
  await mustRun(argv, { input: await mirrors(), timeoutMs: buildTimeoutMs });
}

/** The machine's own Debian sources, in either file format, without whatever else is configured beside them. */
async function mirrors(): Promise<string> {
  const format = 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const ask = () => mustRun(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages', 'Origin: Debian']);
  let lines = await ask();
  if (lines.trim() === '') {
    await mustRun(['apt-get', 'update', '-qq'], { timeoutMs: buildTimeoutMs });
    lines = await ask();
  }
  if (lines.trim() === '') throw new Error('apt on this machine has no Debian source, so no root can be built.');
  return lines;
}

/** mmdebstrap reads no apt.conf: proxies and rules about archive dates must be handed to it. */
async function acquireSettings(): Promise<string[]> {
  const dump = await mustRun(['apt-config', 'dump']);
  return dump.split('\n').filter((line) => /^Acquire::(https?::|Check-|Retries)/.test(line) && !line.endsWith('"";'));
}

/** What is the same for every member and makes it quick, quiet and unable to reach for the outside. */
async function finish(root: string): Promise<void> {
  const units = join(root, 'etc/systemd/system');
  await Promise.all(
    maskedUnits.map(async (unit) => {
      await rm(join(units, unit), { force: true });
      await symlink('/dev/null', join(units, unit));
    }),
  );
  for (const unit of onDemandUnits) {
    await rm(join(root, 'lib/systemd/system/multi-user.target.wants', unit), { force: true });
  }
  await rm(join(units, 'default.target'), { force: true });
  await symlink('/lib/systemd/system/multi-user.target', join(units, 'default.target'));
  await rm(join(root, 'etc/resolv.conf'), { force: true });
  await writeFile(join(root, 'etc/machine-id'), ''); // each member gets its own
  for (const file of ['etc/apt/sources.list', 'etc/apt/apt.conf.d/99mmdebstrap']) {
    await rm(join(root, file), { force: true });
  }
}
